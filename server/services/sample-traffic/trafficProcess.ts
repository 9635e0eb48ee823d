import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { SampleTrafficPort, SampleTrafficState } from "../context.ts";

const PROGRAM = path.resolve(import.meta.dirname, "../../../traffic/main.ts");
const SPANS_PER_S = 2_000;
const RESTART_MS = [500, 1_000, 5_000, 30_000];
const RETARGET_AFTER_MS = 300;
const STOP_WITHIN_MS = 2_000;

export type TrafficProcessOptions = {
  /** OTLP/gRPC addresses of connected collectors on this machine. */
  targets: () => string[];
  /** Remembers the process over a kill -9 of ours, so that it does not go on sending without an owner. */
  pidFile: string;
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
  onChanged: (state: SampleTrafficState) => void;
  program?: string;
};

/** The generator of sample traffic: a process of its own, started, aimed, kept alive and stopped here. */
export class TrafficProcess implements SampleTrafficPort {
  readonly #options: TrafficProcessOptions;
  #wanted = false;
  #child: ChildProcess | null = null;
  #aimedAt = "";
  #failures = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: TrafficProcessOptions) {
    this.#options = options;
    this.#endForgotten();
  }

  start(): SampleTrafficState {
    if (!this.#wanted) {
      this.#wanted = true;
      this.#failures = 0;
      this.#aim();
      this.#options.onChanged(this.current());
    }
    return this.current();
  }

  stop(): SampleTrafficState {
    if (this.#wanted) {
      this.#wanted = false;
      void this.#end();
      this.#options.onChanged(this.current());
    }
    return this.current();
  }

  current(): SampleTrafficState {
    return { state: this.#wanted ? "running" : "stopped", targets: this.#wanted ? this.#options.targets().length : 0 };
  }

  /** Collectors have come or gone. */
  retarget(): void {
    if (!this.#wanted || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#aim();
    }, RETARGET_AFTER_MS).unref();
  }

  async close(): Promise<void> {
    this.#wanted = false;
    await this.#end();
  }

  #aim(): void {
    if (!this.#wanted) return;
    const targets = this.#options.targets();
    const aim = targets.join(" ");
    if (aim === this.#aimedAt && this.#child) return;
    this.#aimedAt = aim;
    void this.#end().then(() => {
      if (this.#wanted && targets.length > 0 && !this.#child && this.#aimedAt === aim) this.#spawn(targets);
    });
  }

  #spawn(targets: string[]): void {
    const args = [this.#options.program ?? PROGRAM, ...targets.flatMap((target) => ["--endpoint", target]), "--rate", String(SPANS_PER_S)];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
    this.#child = child;
    if (child.pid) writeFileSync(this.#options.pidFile, String(child.pid), { mode: 0o600 });
    let lastWords = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      lastWords = (lastWords + text).slice(-500);
    });
    child.on("error", (error) => {
      lastWords = error.message;
    });
    const startedAt = performance.now();
    child.once("exit", (code) => {
      if (this.#child !== child) return;
      this.#child = null;
      rmSync(this.#options.pidFile, { force: true });
      if (!this.#wanted) return;
      this.#failures = performance.now() - startedAt > 30_000 ? 0 : this.#failures + 1;
      const retryInMs = RESTART_MS[Math.min(this.#failures, RESTART_MS.length - 1)];
      this.#options.log.warn({ code, reason: lastWords.trim().split("\n").at(-1), retryInMs }, "sample traffic ended by itself; it is started again");
      setTimeout(() => this.#aim(), retryInMs).unref();
    });
    this.#options.log.info({ targets, spansPerS: SPANS_PER_S }, "sample traffic started");
  }

  async #end(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill("SIGTERM");
    await Promise.race([exited, sleep(STOP_WITHIN_MS, undefined, { ref: false })]);
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    rmSync(this.#options.pidFile, { force: true });
  }

  #endForgotten(): void {
    const { pidFile, program = PROGRAM } = this.#options;
    if (!existsSync(pidFile)) return;
    const pid = Number(readFileSync(pidFile, "utf8"));
    rmSync(pidFile, { force: true });
    const commandLine = `/proc/${pid}/cmdline`;
    if (pid > 0 && existsSync(commandLine) && readFileSync(commandLine, "utf8").includes(program)) process.kill(pid, "SIGKILL");
  }
}
