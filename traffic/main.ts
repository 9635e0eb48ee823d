import { parseArgs } from "node:util";
import { createTraffic } from "./createTraffic.ts";
import { createTarget, type Target } from "./target.ts";

const USAGE = `Sends traces of a made-up shop to OTLP/gRPC endpoints. They are marked as sample traffic.

  node traffic/main.ts --endpoint http://127.0.0.1:4317 [--endpoint URL]... [--rate SPANS_PER_SECOND] [--seed N] [--parent-pid PID]

  --endpoint    where to send; the rate is shared between several
  --rate        spans per second in all, 1 to 2000000 (default 2000)
  --seed        the same seed makes the same traces (default 1)
  --parent-pid  end when this process is gone
`;

const TICK_MS = 100;
const REQUEST_SPANS = 200;
const ENDPOINTS_MAX = 64;

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) fail(`--${name}: must be a whole number between ${min} and ${max}, got ${JSON.stringify(text)}`);
  return value;
}

function readArguments() {
  try {
    const { values } = parseArgs({
      options: {
        endpoint: { type: "string", multiple: true },
        rate: { type: "string", default: "2000" },
        seed: { type: "string", default: "1" },
        "parent-pid": { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
    return values;
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const values = readArguments();
if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const endpoints = values.endpoint ?? ["http://127.0.0.1:4317"];
if (endpoints.length > ENDPOINTS_MAX) fail(`--endpoint: at most ${ENDPOINTS_MAX}, got ${endpoints.length}`);
for (const endpoint of endpoints) {
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol))
    fail(`--endpoint: must be a URL such as http://127.0.0.1:4317, got ${JSON.stringify(endpoint)}`);
}
const rate = wholeNumber("rate", values.rate, 1, 2_000_000);
const seed = wholeNumber("seed", values.seed, 0, 4_294_967_295);
const parentPid = values["parent-pid"] === undefined ? undefined : wholeNumber("parent-pid", values["parent-pid"], 1, 4_294_967_295);

const targets: Target[] = endpoints.map((endpoint) => createTarget({ endpoint, now: () => performance.now(), random: Math.random }));
const traffic = createTraffic({ seed, now: Date.now });

// All requests have one size, so that one set of templates serves them.
const spans = Math.max(1, Math.min(REQUEST_SPANS, Math.round(rate / 10)));
let owed = 0;
let before = performance.now();
let turn = 0;
const ticking = setInterval(() => {
  const now = performance.now();
  // After a stall nothing is caught up: at most one second's worth is owed.
  owed = Math.min(owed + (rate * (now - before)) / 1000, rate);
  before = now;
  for (; owed >= spans; owed -= spans) {
    const target = targets[turn++ % targets.length];
    if (target.isReady()) target.send(traffic.nextRequest(spans), spans);
    else target.skip(spans);
  }
}, TICK_MS);

const watching =
  parentPid === undefined
    ? undefined
    : setInterval(() => {
        try {
          process.kill(parentPid, 0);
        } catch (error) {
          // EPERM: it is there but not ours. Only its absence ends us.
          if (error instanceof Error && "code" in error && error.code === "ESRCH") end();
        }
      }, 1000);

function end(): never {
  clearInterval(ticking);
  clearInterval(watching);
  for (const target of targets) target.close();
  print({ msg: "ended", targets: targets.map((target) => target.counts) });
  process.exit(0);
}

process.on("SIGTERM", end);
process.on("SIGINT", end);
print({ msg: "ready", endpoints, rate, seed });
