import { type ChildProcess, execFileSync, type StdioOptions, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { LoadOrder, LoadResult } from "./generator.ts";

/** What benchmarks with a real collector share: processes on cores of their own, orders to the generator, figures from the collector. */
const root = join(import.meta.dirname, "..", "..");
export const pinnable = canPin();

function canPin(): boolean {
  try {
    execFileSync("taskset", ["-c", "0", "true"], { stdio: "ignore" });
    return availableParallelism() > 1;
  } catch {
    return false;
  }
}

export type Cores = "first" | "others" | "all";

/** The collector has core 0 to itself as far as this bench goes, or all of them; everything else gets the others. Of another `program` than Node the errors are in a pipe. */
export function start(cores: Cores, args: string[], env: Record<string, string> = {}, ipc = false, program?: string): ChildProcess {
  const last = availableParallelism() - 1;
  const list = { first: "0", others: `1-${last}`, all: `0-${last}` }[cores];
  const what = program ?? process.execPath;
  const command = pinnable ? "taskset" : what;
  const all = pinnable ? ["-c", list, what, ...args] : args;
  // As the start commands do it: code that was compiled once is used again.
  const clean: NodeJS.ProcessEnv = { ...process.env, NODE_NO_WARNINGS: "1", NODE_COMPILE_CACHE: join(root, ".cache", "compile") };
  for (const name of Object.keys(clean)) if (name.startsWith("HEADGATE_")) delete clean[name];
  const stdio: StdioOptions = ipc ? ["ignore", "inherit", "inherit", "ipc"] : ["ignore", "pipe", program === undefined ? "inherit" : "pipe"];
  return spawn(command, all, { cwd: root, env: { ...clean, ...env }, stdio });
}

export function message<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`a process of the bench ended with ${code}`));
    child.once("exit", ended);
    child.once("message", (value) => {
      child.off("exit", ended);
      resolve(value as T);
    });
  });
}

export function order(child: ChildProcess, what: Omit<LoadOrder, "kind">): Promise<LoadResult> {
  const answer = message<LoadResult>(child);
  child.send({ kind: "run", ...what });
  return answer;
}

type Ready = { otlpGrpc: number; otlpHttp: number; metrics: number };

export function ready(collector: ChildProcess): Promise<Ready> {
  let text = "";
  return new Promise((resolve, reject) => {
    collector.stdout?.on("data", (chunk: Buffer) => {
      text += chunk;
      const line = text.split("\n").find((candidate) => candidate.includes('"msg":"ready"'));
      if (line !== undefined) resolve(JSON.parse(line));
    });
    collector.once("exit", (code) => reject(new Error(`the collector ended with ${code}: ${text}`)));
  });
}

export async function scrape(port: number): Promise<(name: string) => number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return (name) => {
    let sum = 0;
    for (const line of text.split("\n")) if (line.startsWith(`${name} `) || line.startsWith(`${name}{`)) sum += Number(line.slice(line.lastIndexOf(" ") + 1));
    return sum;
  };
}

/** Of a process that has Go's /debug/pprof/profile, which Headgate has too. */
export async function fetchProfile(port: number, seconds: number): Promise<Buffer> {
  const response = await fetch(`http://127.0.0.1:${port}/debug/pprof/profile?seconds=${seconds}`);
  if (!response.ok) throw new Error(`no profile: ${response.status} ${await response.text()}`);
  return Buffer.from(await response.arrayBuffer());
}

/** Peak resident memory as the kernel kept it; where there is no /proc, what it is now. */
export function peakRss(pid: number, now: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
  } catch {
    return now;
  }
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  if (child.connected) child.disconnect();
  else child.kill("SIGTERM");
  await ended;
}
