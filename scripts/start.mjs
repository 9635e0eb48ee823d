// `npm start`, `npm run server` and `npm run collector`. Plain JavaScript that runs on Node 20 with nothing installed: it sets up what is missing, then starts.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { isAbsolute, join } from "node:path";
import { keepCollectorRunning } from "./localCollector.mjs";
import { startProcess } from "./localProcess.mjs";
import { checkNodeVersion, ensureBuilt, ensureGenerated, ensureInstalled, productNode, root, SetUpError, version, withSetUpLock } from "./setUp.mjs";

const HELP = `Headgate ${version}: decides which traces are kept, and proves what that saves.

  npm start                                control plane, database and one local collector
  npm start -- --demo                      the same with sample traffic and two more local collectors
  npm run server [-- --help]               the control plane alone
  npm run collector -- --config FILE       a collector alone

  --demo       start sample traffic (labelled as such everywhere) and two more collectors
  --help       this text
  --version    the version

Settings come from HEADGATE_* variables: see docs/configuration.md. Ctrl-C drains and stops; a second Ctrl-C stops at once.
`;

/** Where the command was given: npm changes to the project's folder. */
const givenFolder = process.env.INIT_CWD ?? process.cwd();
/** npm passes a Ctrl-C on although the terminal has sent it to everybody already: the same wish twice within this time is one. */
const SAME_SIGNAL_MS = 500;
const COLLECTORS_FIRST_MS = 7_000;
const KILL_AFTER_MS = 12_000;

function parseArguments(args) {
  if (args[0] === "--only") {
    if (args[1] !== "server" && args[1] !== "collector") throw new SetUpError("--only takes server or collector");
    return { only: args[1], rest: args.slice(2) };
  }
  const unknown = args.find((arg) => !["--demo", "--help", "-h", "--version"].includes(arg));
  if (unknown !== undefined) throw new SetUpError(`unknown option ${unknown}; npm start -- --help lists them`);
  return { demo: args.includes("--demo"), help: args.includes("--help") || args.includes("-h"), version: args.includes("--version") };
}

async function main() {
  const options = parseArguments(process.argv.slice(2));
  if (options.help) return void process.stdout.write(HELP);
  if (options.version) return void process.stdout.write(`headgate ${version}\n`);
  checkNodeVersion();
  const asks = options.rest?.some((arg) => arg === "--help" || arg === "--version");
  await withSetUpLock(async () => {
    await ensureInstalled();
    await ensureGenerated();
    if (options.only !== "collector" && !asks) await ensureBuilt();
  });
  if (options.only) await runOne(options.only, options.rest);
  else await runAll(options.demo);
}

/** One process with the terminal to itself; it answers for its own options, output and signals. */
async function runOne(side, args) {
  const child = spawn(productNode(), [join(root, side, "main.ts"), ...args], { stdio: "inherit", env: environment(), cwd: givenFolder });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => signal === "SIGTERM" && child.kill(signal));
  const { code, signal } = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  process.exitCode = signal ? 128 + constants.signals[signal] : code;
}

function environment() {
  const given = process.env.HEADGATE_DATA_DIR;
  const dataDir = given ? (isAbsolute(given) ? given : join(givenFolder, given)) : join(root, ".headgate");
  // Code that was compiled once is used again: ready in 2.5 s instead of 4.2 s.
  const NODE_COMPILE_CACHE = process.env.NODE_COMPILE_CACHE ?? join(root, ".cache", "compile");
  return { ...process.env, NODE_ENV: process.env.NODE_ENV ?? "production", NEXT_TELEMETRY_DISABLED: "1", NODE_COMPILE_CACHE, HEADGATE_DATA_DIR: dataDir };
}

async function runAll(demo) {
  const env = environment();
  const dataDir = env.HEADGATE_DATA_DIR;
  const terminal = process.stdout.isTTY === true;
  const say = (name, line) => process.stderr.write(terminal ? `${name}: ${readable(line)}\n` : `${line}\n`);
  const names = demo ? ["local-1", "local-2", "local-3"] : ["local-1"];

  const collectors = new Map();
  let server;
  let stopped;
  let firstSignalMs = 0;
  const stop = (exitCode) => {
    stopped ??= stopInOrder([...collectors.values()], server).then(() => process.exit(exitCode));
    return stopped;
  };
  const onSignal = (signal) => {
    const nowMs = Date.now();
    if (firstSignalMs === 0) {
      firstSignalMs = nowMs;
      if (terminal) process.stderr.write("\nstopping: collectors drain first, then the control plane (press Ctrl-C again to stop at once)\n");
      void stop(0);
    } else if (nowMs - firstSignalMs > SAME_SIGNAL_MS) {
      for (const process of [...collectors.values(), server]) (process?.stop ?? process?.kill)?.("SIGKILL");
      process.exit(128 + constants.signals[signal]);
    }
  };
  process.on("SIGINT", () => onSignal("SIGINT"));
  process.on("SIGTERM", () => onSignal("SIGTERM"));

  server = startProcess({ name: "server", args: ["server/main.ts", ...(demo ? ["--demo"] : [])], env, say });
  server.ended.then(async ({ code, signal }) => {
    if (stopped) return;
    say("starter", `the control plane ended (${signal ?? code}); stopping`);
    await stop(signal ? 128 + constants.signals[signal] : code || 1);
  });

  const startCollector = (name, fleetUrl) => {
    const own = collectorEnvironment({ env, name, dataDir, fleetUrl });
    const collector = keepCollectorRunning({
      name,
      env: own,
      say,
      changed: (state) => terminal && say("starter", `${name} is ready again on port ${state.otlpGrpc}`),
    });
    collectors.set(name, collector);
    return collector.first;
  };
  const ready = await server.ready.catch((error) => error);
  if (ready instanceof Error) return void (await server.ended.then(({ code }) => stop(code || 1)));
  const started = await Promise.all(names.map((name) => startCollector(name, ready.fleet))).catch((error) => error);
  if (started instanceof Error) return void (await stop(started.exitCode ?? 1));
  if (stopped) return;

  if (terminal) process.stdout.write(readyText(ready, started, demo));
  else process.stdout.write(`${JSON.stringify({ ...ready, serverPid: server.pid, collectors: started })}\n`);
}

/** The first collector takes the ports that the environment names; the others any free ones. */
function collectorEnvironment({ env, name, dataDir, fleetUrl }) {
  const ownDir = join(dataDir, "collectors", name);
  mkdirSync(ownDir, { recursive: true });
  const tokenFile = join(dataDir, "local-enrolment-token");
  const anyPorts = name === "local-1" ? {} : { HEADGATE_OTLP_GRPC_PORT: "0", HEADGATE_OTLP_HTTP_PORT: "0", HEADGATE_METRICS_PORT: "0" };
  return {
    ...env,
    ...anyPorts,
    HEADGATE_DATA_DIR: ownDir,
    HEADGATE_NAME: name,
    HEADGATE_FLEET_URL: fleetUrl,
    ...(existsSync(tokenFile) ? { HEADGATE_ENROLMENT_TOKEN: readFileSync(tokenFile, "utf8").trim() } : {}),
  };
}

/** Collectors first, so that what they hold is delivered while everything else stands; then the control plane with its database. */
async function stopInOrder(collectors, server) {
  const kill = setTimeout(() => {
    for (const collector of collectors) collector.stop("SIGKILL");
    server?.kill("SIGKILL");
  }, KILL_AFTER_MS);
  for (const collector of collectors) collector.stop("SIGTERM");
  let timer;
  const patience = new Promise((resolve) => {
    timer = setTimeout(resolve, COLLECTORS_FIRST_MS);
  });
  const collectorsEnded = Promise.all(collectors.map((collector) => collector.ended));
  await Promise.race([collectorsEnded, patience]);
  server?.kill("SIGTERM");
  await Promise.all([collectorsEnded, server?.ended]);
  clearTimeout(kill);
  clearTimeout(timer);
}

function readyText(ready, collectors, demo) {
  const lines = ["", `  Headgate is ready: ${ready.http}`];
  if (ready.setupUrl) lines.push("", `  First run: create the owner account with this link, it works once:`, `  ${ready.setupUrl}`);
  lines.push("");
  for (const { name, otlpGrpc, otlpHttp } of collectors)
    lines.push(`  ${name} takes traces on 127.0.0.1:${otlpGrpc} (OTLP/gRPC) and 127.0.0.1:${otlpHttp} (OTLP/HTTP)`);
  if (demo) lines.push("  Sample traffic is running; it is labelled as sample everywhere.");
  lines.push("", `  Data: ${ready.dataDir}`, "  Ctrl-C drains and stops.", "", "");
  return lines.join("\n");
}

/** A log line of ours is JSON; people get its level, message and error. */
function readable(line) {
  if (!line.startsWith("{")) return line;
  try {
    const { level, msg, reason, err, error } = JSON.parse(line);
    const levels = { 30: "info", 40: "warning", 50: "error", 60: "fatal" };
    const cause = err?.message ?? [reason, error].find((text) => typeof text === "string");
    return msg === undefined ? line : `${levels[level] ?? level ?? "info"}: ${msg}${cause ? `: ${cause}` : ""}`;
  } catch {
    return line;
  }
}

main().catch((error) => {
  process.stderr.write(`${error instanceof SetUpError ? error.message : (error.stack ?? error)}\n`);
  process.exitCode = error instanceof SetUpError ? 2 : 1;
});
