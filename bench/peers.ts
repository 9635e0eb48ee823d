import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { pinnable } from "./collector-load/benchProcesses.ts";
import { mergeRuns, type Spread, spread } from "./peers/figures.ts";
import { type Cell, measurePeer, type RunFigures } from "./peers/measurePeer.ts";
import { measureWaiting } from "./peers/measureWaiting.ts";
import { missingOtelcol } from "./peers/otelcolPeer.ts";
import { machineWords } from "./peers/processFigures.ts";
import { type CellReport, costTable, lossTable, PEER_WORDS, whereReferenceWins } from "./peers/tables.ts";
import { type Peer, WORKS, type Work } from "./peers/works.ts";

const PROTOCOLS = ["grpc", "http"] as const;
const USAGE = `npm run bench -- peers [options]: Headgate beside the real OpenTelemetry Collector (\`npm run peers\` builds it)

  --pairs N        runs of each, in turn (3)
  --seconds N      measured time of a run, after a warm-up (10)
  --work LIST      of ${WORKS.join(", ")}, waiting (all)
  --protocol LIST  of ${PROTOCOLS.join(", ")} (all)
  --rates LIST     spans a second; 0 is flat out (10000,50000,0)
  --connections N  of gRPC (8)
  --in-flight N    requests at a time, flat out (32)
  --no-wal         Headgate without its write-ahead log
  --engine NAME    what Headgate receives with: receivers.grpc.engine and receivers.http.engine
  --alone          Headgate alone
  --profile DIR    Headgate's CPU profiles (pprof) into DIR, and which thread had the time; recording costs some of it
  --json FILE      also write the figures to FILE
`;

const OPTIONS = {
  pairs: { type: "string", default: "3" },
  seconds: { type: "string", default: "10" },
  work: { type: "string", default: [...WORKS, "waiting"].join() },
  protocol: { type: "string", default: PROTOCOLS.join() },
  rates: { type: "string", default: "10000,50000,0" },
  connections: { type: "string", default: "8" },
  "in-flight": { type: "string", default: "32" },
  wal: { type: "boolean", default: true },
  engine: { type: "string" },
  alone: { type: "boolean", default: false },
  profile: { type: "string" },
  json: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

function parsed() {
  try {
    return parseArgs({ allowNegative: true, options: OPTIONS });
  } catch (error) {
    return stopWith(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  }
}

function stopWith(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

function whole(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  return Number.isInteger(value) && value >= min && value <= max ? value : stopWith(`--${name} takes a whole number from ${min} to ${max}, got ${text}`);
}

function listed<T extends string>(name: string, text: string, known: readonly T[]): T[] {
  return text.split(",").map((item) => known.find((one) => one === item) ?? stopWith(`--${name} takes a list of ${known.join(", ")}, got ${item}`));
}

const { values } = parsed();
if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
if (process.platform !== "linux") stopWith("bench peers reads /proc, so it takes Linux");
const pairs = whole("pairs", values.pairs, 1, 99);
const load = { connections: whole("connections", values.connections, 1, 64), inFlight: whole("in-flight", values["in-flight"], 1, 64) };
const setting = { ...load, seconds: whole("seconds", values.seconds, 1, 600), wal: values.wal, engine: values.engine, profiles: values.profile };
const works = listed("work", values.work, [...WORKS, "waiting" as const]);
const rates = values.rates.split(",").map((rate) => whole("rates", rate, 0, 10_000_000));
if (values.profile !== undefined) mkdirSync(values.profile, { recursive: true });
const missing = values.alone ? "Headgate alone, as asked" : missingOtelcol();
const peers: Peer[] = missing === undefined ? ["headgate", "otelcol"] : ["headgate"];

const inTurn = (pair: number) => (pair % 2 === 0 ? peers : [...peers].reverse());

async function measureCell(cell: Cell): Promise<CellReport> {
  const runs: Record<Peer, RunFigures[]> = { headgate: [], otelcol: [] };
  for (let pair = 0; pair < pairs; pair++) {
    for (const peer of inTurn(pair)) {
      const run = await measurePeer(peer, cell, setting);
      runs[peer].push(run);
      process.stdout.write(
        `${cell.work} ${cell.protocol} ${cell.rate === 0 ? "flat out" : cell.rate} ${peer}: ${run.cpuSecondsPerMillion.toFixed(2)} CPU-s/M, ${Math.round(run.spansPerSecond)} spans/s, P99 ${run.p99Ms.toFixed(1)} ms, ${Math.round(run.peakRssBytes / 1e6)} MB, lost ${run.missing} of ${run.promised}, others ${run.othersLoad.toFixed(2)} cores\n`,
      );
      if (values.profile !== undefined) process.stdout.write(`  ${threadWords(run)}\n`);
    }
  }
  return { ...cell, figures: Object.fromEntries(peers.map((peer) => [peer, mergeRuns(runs[peer])])) };
}

function threadWords({ threads }: RunFigures): string {
  const busy = threads.filter(({ share }) => share > 0.005).sort((a, b) => b.share - a.share);
  return busy.map(({ name, share }) => `${name} ${Math.round(share * 100)}%`).join(", ");
}

async function measureAllWaiting(): Promise<Partial<Record<Peer, Spread>>> {
  const bytes: Record<Peer, number[]> = { headgate: [], otelcol: [] };
  for (let pair = 0; pair < pairs; pair++) for (const peer of inTurn(pair)) bytes[peer].push(await measureWaiting(peer, load));
  return Object.fromEntries(peers.map((peer) => [peer, spread(bytes[peer])]));
}

const cells = works
  .filter((work): work is Work => work !== "waiting")
  .flatMap((work) => listed("protocol", values.protocol, PROTOCOLS).flatMap((protocol) => rates.map((rate): Cell => ({ work, protocol, rate }))));
if (missing !== undefined) process.stdout.write(`${missing}\n`);
const reports: CellReport[] = [];
let waiting: Partial<Record<Peer, Spread>> = {};

/** After each cell, as all of them take an hour. */
function save(): void {
  if (values.json === undefined) return;
  writeFileSync(
    values.json,
    `${JSON.stringify({ bench: "peers", machine: machineWords(), pinned: pinnable, ...setting, pairs, reports, waiting }, null, 2)}\n`,
  );
}

for (const cell of cells) {
  reports.push(await measureCell(cell));
  save();
}
if (works.includes("waiting")) waiting = await measureAllWaiting();
save();

const figures = reports.flatMap((report) => Object.values(report.figures));
const others = spread(figures.map(({ othersLoad }) => othersLoad.max));
process.stdout.write(
  `\n${machineWords()}; 512 spans a request; ${pairs} runs of ${setting.seconds} s each, in turn: median (lowest–highest); write-ahead log ${values.wal ? "on" : "off"}${values.engine === undefined ? "" : `; engine ${values.engine}`}\n`,
);
process.stdout.write(pinnable ? "collector on a core of its own, generator and sink on the others\n" : "NOT pinned: taskset is missing or there is one core\n");
if (reports.length > 0) {
  process.stdout.write(`other work on the machine during a run: ${others.median.toFixed(2)} cores in the median, ${others.max.toFixed(2)} at most\n`);
  process.stdout.write(`\n${costTable(reports)}\n\n${lossTable(reports)}\n`);
  const wins = whereReferenceWins(reports);
  if (peers.length > 1) process.stdout.write(`\nahead is the reference in ${wins.length === 0 ? "nothing here" : `\n- ${wins.join("\n- ")}`}\n`);
}
for (const [peer, bytes] of Object.entries(waiting) as [Peer, Spread][]) {
  process.stdout.write(
    `resident for each of 500,000 waiting spans, ${PEER_WORDS[peer]}: ${Math.round(bytes.median)} B (${Math.round(bytes.min)}–${Math.round(bytes.max)})\n`,
  );
}
if (figures.length > 0 && reports.some(({ figures: { headgate } }) => headgate !== undefined && headgate.missing + headgate.unknown > 0)) process.exitCode = 1;
