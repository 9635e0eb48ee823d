import { messageOf } from "./appError.ts";
import { startCollector } from "./collector.ts";
import { HELP, parseCommandLine } from "./commandLine.ts";
import { readEnv } from "./env.ts";
import { explainCommand } from "./explainCommand.ts";
import { createLog } from "./log.ts";
import { httpUrl } from "./managed.ts";
import { VERSION } from "./version.ts";

const SHUTDOWN_MAX_MS = 9900;
/**
 * Node can hang for good in process.exit while functions are compiled in the background (nodejs/node#54918): seen once in some thousand stops, of a process that had
 * lived for two seconds. With nothing to do for this long, what was being compiled is done.
 */
const QUIET_BEFORE_EXIT_MS = 100;

/** The process: reads arguments and environment, runs the collector, stops it on a signal. Rejects with AppError when the start fails. */
export async function runCollector(): Promise<void> {
  const command = parseCommandLine(process.argv.slice(2));
  if (command.kind === "help") return void process.stdout.write(HELP);
  if (command.kind === "version") return void process.stdout.write(`${VERSION}\n`);
  if (command.kind === "check") {
    const { checkCommand } = await import("./checkCommand.ts");
    process.exitCode = await checkCommand(command, (text) => void process.stdout.write(text));
    return;
  }
  const env = readEnv();
  if (command.kind === "explain") {
    process.exitCode = await explainCommand(command, httpUrl(env.metrics.host, env.metrics.port), (text) => void process.stdout.write(text));
    return;
  }
  if (command.kind === "profile") {
    const { profileCommand } = await import("./profileCommand.ts");
    const print = (text: string) => void process.stdout.write(text);
    return profileCommand({ ...command.request, file: command.file }, httpUrl(env.metrics.host, env.metrics.port), print);
  }
  if (command.kind === "replay") {
    const { replayCommand } = await import("./replayCommand.ts");
    const interrupted = new AbortController();
    process.once("SIGINT", () => interrupted.abort());
    const print = { out: (text: string) => void process.stdout.write(text), progress: (text: string) => void process.stderr.write(text) };
    process.exitCode = await replayCommand(command, env, print, interrupted.signal);
    return;
  }
  const log = createLog(env.logLevel, process.stdout);
  const collector = await startCollector(env, command.configFile, log);
  const { ports } = collector;
  if (process.stdout.isTTY) {
    process.stdout.write(
      `OTLP/gRPC ${httpUrl(env.otlp.host, ports.otlpGrpc)} · OTLP/HTTP ${httpUrl(env.otlp.host, ports.otlpHttp)} · metrics ${httpUrl(env.metrics.host, ports.metrics)}/metrics\n`,
    );
  } else process.stdout.write(`${JSON.stringify({ msg: "ready", ...ports })}\n`);

  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) process.exit(1);
    stopping = true;
    log.logger.info({ signal }, "stopping: delivering what is queued; once more stops at once");
    setTimeout(() => process.exit(1), SHUTDOWN_MAX_MS).unref();
    collector.shutdown().then(
      () => setTimeout(() => process.exit(0), QUIET_BEFORE_EXIT_MS),
      (error: unknown) => {
        log.logger.error({ reason: messageOf(error) }, "did not stop in order");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", () => stop("SIGTERM"));
  process.on("SIGINT", () => stop("SIGINT"));
  process.on("SIGHUP", () => {
    if (stopping) return;
    log.logger.info({ signal: "SIGHUP" }, "looking at the files of certificates and tokens");
    void collector.lookAtFiles();
  });
  process.on("uncaughtException", (error) => {
    log.logger.fatal({ reason: messageOf(error), stack: error.stack }, "unexpected error; stopping");
    if (!stopping) stop("uncaughtException");
  });
}
