import { readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { currentEnv } from "./env.ts";
import { StartError } from "./errors/startError.ts";
import { createLog } from "./log.ts";
import { type RunningServer, startServer } from "./startServer.ts";

const STOP_WITHIN_MS = 9_500;
const HELP = `Headgate control plane

  node server/main.ts [--demo] [--no-pages]

  --demo       start sample traffic at once; on the first start also apply a policy of four tiers
  --no-pages   serve the API without the pages
  --help       this text
  --version    the version

Settings come from the environment; docs/configuration.md lists them.
`;

function readArguments() {
  try {
    const options = { demo: { type: "boolean" }, "no-pages": { type: "boolean" }, help: { type: "boolean" }, version: { type: "boolean" } } as const;
    return parseArgs({ options, strict: true }).values;
  } catch (error) {
    throw new StartError(`${error instanceof Error ? error.message.split(". ")[0] : String(error)}; --help lists the options`);
  }
}

function announce({ http, fleet, setupUrl, dataDir }: RunningServer): void {
  if (!process.stdout.isTTY) {
    process.stdout.write(`${JSON.stringify({ msg: "ready", http, fleet, setupUrl, dataDir })}\n`);
    return;
  }
  const setup = setupUrl ? `\n  Create the owner account (once, within 24 hours): ${setupUrl}` : "";
  process.stdout.write(`Headgate is ready: ${http}\n  Collectors connect to ${fleet}\n  Data is kept in ${dataDir}${setup}\n`);
}

/** The first signal stops in order, also one that comes while still starting; the second stops at once. */
function stopOnSignals(starting: Promise<RunningServer>): void {
  let stopping = false;
  let server: RunningServer | null = null;
  void starting.then(
    (started) => {
      server = started;
    },
    () => undefined,
  );
  const exitAtOnce = (code: number) => {
    server?.stopAtOnce();
    process.exit(code);
  };
  const onSignal = () => {
    if (stopping) exitAtOnce(130);
    stopping = true;
    setTimeout(exitAtOnce, STOP_WITHIN_MS, 1).unref();
    starting
      .then((started) => started.stop())
      .then(
        () => process.exit(0),
        (error) => {
          process.stderr.write(`stopping failed: ${error instanceof Error ? error.message : String(error)}\n`);
          process.exit(1);
        },
      );
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
}

async function main(): Promise<void> {
  const args = readArguments();
  if (args.help) return void process.stdout.write(HELP);
  if (args.version) {
    const { version } = JSON.parse(readFileSync(path.join(import.meta.dirname, "../package.json"), "utf8")) as { version: string };
    return void process.stdout.write(`${version}\n`);
  }
  const env = currentEnv();
  const starting = startServer({ env, demo: args.demo === true, pages: args["no-pages"] !== true, log: createLog(env.HEADGATE_LOG_LEVEL) });
  stopOnSignals(starting);
  announce(await starting);
}

main().catch((error) => {
  process.stderr.write(
    `${error instanceof StartError ? error.message : `Headgate could not start: ${error instanceof Error ? error.message : String(error)}`}\n`,
  );
  process.exit(2);
});
