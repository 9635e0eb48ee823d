import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { StartError } from "../../errors/startError.ts";
import { type PostgresBinaries, postgresBinaries } from "./postgresBinaries.ts";
import { isAlive, type Postmaster, runningPostmaster } from "./postmasterFile.ts";
import { type Account, requireTraversable, unprivilegedAccount } from "./unprivilegedAccount.ts";

/** Longer socket paths don't fit the operating system's limit (104 to 108 bytes with the file's name). */
const SOCKET_DIR_MAX = 80;
const SOCKET_PORT = 5432;
const READY_WITHIN_MS = 30_000;
const RESTART_WAIT_MS = [0, 250, 500, 1_000, 2_000, 5_000];
const LOG_BYTES_MAX = 10_000_000;
const USER = "headgate";
const ENVIRONMENT: NodeJS.ProcessEnv = { NODE_ENV: "production", PATH: "/usr/bin:/bin", LC_ALL: "C" };

export type EmbeddedPostgres = {
  url: string;
  /** True when it had been left running by a control plane that was killed. */
  adopted: boolean;
  pid(): number | null;
  stop(deadlineMs: number): Promise<void>;
};

/** How to reach the Postgres of a data folder that runs at this moment; null when none does. Nothing is started. */
export function runningEmbeddedPostgres(dataDir: string): string | null {
  const postmaster = runningPostmaster(path.join(dataDir, "postgres", "data"));
  return postmaster && urlOf(postmaster, readFileSync(path.join(dataDir, "postgres-password"), "utf8").trim());
}

type Place = { home: string; data: string; log: string; passwordFile: string; account: Account | null; binaries: PostgresBinaries };

/** Starts real Postgres in `<dataDir>/postgres`, or takes over one that is still running there, and starts it again whenever it dies. */
export async function startEmbeddedPostgres(dataDir: string, report: (message: string) => void): Promise<EmbeddedPostgres> {
  const place = await prepare(dataDir);
  const password = readFileSync(place.passwordFile, "utf8").trim();
  let child: ChildProcess | null = null;
  let stopping = false;
  let pid: number | null = null;

  const orphan = runningPostmaster(place.data);
  const address = orphan ?? (await chooseAddress(place.home));
  const url = urlOf(address, password);
  if (orphan) {
    pid = orphan.pid;
    await ready(url, () => isAlive(orphan.pid), place);
    void watchOrphan(orphan.pid);
  } else await launch();

  async function launch(): Promise<void> {
    const launched = spawnPostgres(place, address);
    child = launched;
    pid = launched.pid ?? null;
    const alive = () => launched.exitCode === null && launched.signalCode === null;
    launched.once("exit", () => died(launched));
    await ready(url, alive, place);
  }

  function died(of: ChildProcess): void {
    if (child !== of) return;
    child = null;
    pid = null;
    if (!stopping) void restart();
  }

  async function watchOrphan(orphanPid: number): Promise<void> {
    while (!stopping && isAlive(orphanPid)) await sleep(500, undefined, { ref: false });
    pid = null;
    if (!stopping) await restart();
  }

  async function restart(): Promise<void> {
    report("Postgres has ended unexpectedly; starting it again");
    // What is left of a killed Postgres holds its shared memory for a moment, so the first tries may fail.
    for (let attempt = 0; !stopping; attempt++) {
      await sleep(RESTART_WAIT_MS[Math.min(attempt, RESTART_WAIT_MS.length - 1)], undefined, { ref: false });
      try {
        if (stopping) return;
        const failed = child;
        child = null;
        if (failed && failed.exitCode === null) await end(failed.pid ?? 0, 2_000);
        await launch();
        report("Postgres runs again");
        return;
      } catch (error) {
        report(`Postgres did not start: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }

  return {
    url,
    adopted: orphan !== null,
    pid: () => pid,
    async stop(deadlineMs) {
      stopping = true;
      if (pid !== null) await end(pid, deadlineMs);
    },
  };
}

async function prepare(dataDir: string): Promise<Place> {
  const binaries = await postgresBinaries();
  const account = unprivilegedAccount();
  const home = path.join(dataDir, "postgres");
  const place = {
    home,
    data: path.join(home, "data"),
    log: path.join(home, "server.log"),
    passwordFile: path.join(dataDir, "postgres-password"),
    account,
    binaries,
  };
  mkdirSync(dataDir, { recursive: true });
  if (account) {
    // Whoever runs Postgres must be able to pass through the data folder; what is secret in it has its own mode.
    chmodSync(dataDir, (statSync(dataDir).mode & 0o777) | 0o011);
    requireTraversable(home, account, "the data folder is");
    requireTraversable(binaries.postgres, account, "its program is");
  }
  mkdirSync(home, { recursive: true, mode: 0o700 });
  if (account) chownSync(home, account.uid, account.gid);
  if (!existsSync(place.passwordFile)) writeFileSync(place.passwordFile, `${randomBytes(24).toString("base64url")}\n`, { mode: 0o600 });
  if (!existsSync(place.data)) await initialise(place);
  return place;
}

/** Into a folder beside, renamed when complete: a first start that is killed half-way leaves nothing behind that looks finished. */
async function initialise({ home, data, passwordFile, account, binaries }: Place): Promise<void> {
  const fresh = path.join(home, "data.new");
  const passwordCopy = path.join(home, "password.new");
  rmSync(fresh, { recursive: true, force: true });
  writeFileSync(passwordCopy, readFileSync(passwordFile), { mode: 0o600 });
  if (account) chownSync(passwordCopy, account.uid, account.gid);
  try {
    const args = ["-D", fresh, "-U", USER, "-A", "scram-sha-256", `--pwfile=${passwordCopy}`, "-E", "UTF8", "--locale=C"];
    await promisify(execFile)(binaries.initdb, args, { ...identity(account), env: ENVIRONMENT });
    renameSync(fresh, data);
  } catch (error) {
    const stderr = String((error as { stderr?: unknown }).stderr ?? "")
      .trim()
      .split("\n")
      .at(-1);
    throw new StartError(`the embedded Postgres could not create its data folder ${data}: ${stderr || (error as Error).message}`, error);
  } finally {
    rmSync(passwordCopy, { force: true });
  }
}

async function chooseAddress(home: string): Promise<Omit<Postmaster, "pid">> {
  const usesSocket = process.platform !== "win32" && Buffer.byteLength(home) <= SOCKET_DIR_MAX;
  return usesSocket ? { port: SOCKET_PORT, socketDir: home, listenAddress: "" } : { port: await freePort(), socketDir: "", listenAddress: "127.0.0.1" };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

function urlOf({ port, socketDir, listenAddress }: Omit<Postmaster, "pid">, password: string): string {
  const host = socketDir ? `localhost:${port}/postgres?host=${encodeURIComponent(socketDir)}` : `${listenAddress || "127.0.0.1"}:${port}/postgres`;
  return `postgresql://${USER}:${password}@${host}`;
}

function spawnPostgres({ data, log, account, binaries }: Place, address: Omit<Postmaster, "pid">): ChildProcess {
  if (existsSync(log) && statSync(log).size > LOG_BYTES_MAX) renameSync(log, `${log}.1`);
  const out = openSync(log, "a", 0o600);
  const settings = [
    `listen_addresses=${address.listenAddress}`,
    `unix_socket_directories=${address.socketDir}`,
    "unix_socket_permissions=0700",
    "max_connections=60",
    "fsync=on",
  ];
  const args = ["-D", data, "-p", String(address.port), ...settings.flatMap((setting) => ["-c", setting])];
  // Detached: a Ctrl-C in the terminal reaches us alone, and we stop Postgres last.
  const child = spawn(binaries.postgres, args, { ...identity(account), detached: true, stdio: ["ignore", out, out], env: ENVIRONMENT });
  closeSync(out);
  child.on("error", () => undefined);
  child.unref();
  return child;
}

const identity = (account: Account | null) => (account ? { uid: account.uid, gid: account.gid } : {});

async function ready(url: string, alive: () => boolean, { log }: Place): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  for (;;) {
    const problem = await tryToConnect(url);
    if (problem === null) return;
    if (!alive()) throw new StartError(`the embedded Postgres did not start: ${lastLine(log)}`);
    if (performance.now() > deadline)
      throw new StartError(`the embedded Postgres did not answer within ${READY_WITHIN_MS / 1000} s: ${problem}; its log is ${log}`);
    await sleep(40);
  }
}

async function tryToConnect(url: string): Promise<string | null> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.end();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function lastLine(log: string): string {
  const lines = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
  return lines.findLast((line) => /FATAL|ERROR|PANIC/.test(line)) ?? lines.at(-1) ?? "it left no log";
}

/** Fast shutdown (open transactions are rolled back), then an immediate one, which is recovered from at the next start. */
async function end(pid: number, deadlineMs: number): Promise<void> {
  const immediateAt = performance.now() + deadlineMs * 0.8;
  let immediate = false;
  const signal = (name: NodeJS.Signals) => isAlive(pid) && process.kill(pid, name);
  signal("SIGINT");
  for (const deadline = performance.now() + deadlineMs; isAlive(pid) && performance.now() < deadline; await sleep(20)) {
    if (immediate || performance.now() < immediateAt) continue;
    immediate = true;
    signal("SIGQUIT");
  }
}
