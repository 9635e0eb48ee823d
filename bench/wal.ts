// The write-ahead log alone: appending at full speed against plain sequential writes of as much to the same disk in the same run, and reading back.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { systemClock } from "#collector/clock.ts";
import { WriteAheadLog } from "#collector/deliver/wal/writeAheadLog.ts";

const GOAL_WRITE = 200e6;
const GOAL_REPLAY = 300_000;
const BYTES = 1_000_000_000;
/** What is written at a time where nothing but the disk is measured. */
const PLAIN_BYTES = 4_194_304;
const FSYNC_MS = 1_000;
const SPAN_BYTES = 430;
const ROUNDS = 3;
/** How a queue reads back: batches of the default largest size. */
const LOAD = { spansMax: 8_192, bytesMax: 4_194_304 };

type Fsync = "interval" | "always";
export type WriteRow = { fsync: Fsync; recordBytes: number; bytesPerSecond: number; plainBytesPerSecond: number; ratio: number; cpuSecondsPerGB: number };
export type ReplayRow = { recordBytes: number; spansPerSecond: number; cpuSecondsPerMillion: number };
export type WalReport = {
  bench: "wal";
  goalBytesPerSecond: number;
  goalSpansPerSecond: number;
  goalsMet: boolean;
  /** Opening a log of `BYTES`, that is reading and checking all of it. */
  openBytesPerSecond: number;
  writes: WriteRow[];
  replay: ReplayRow[];
};

type Measured = { seconds: number; cpuSeconds: number };

async function measured(work: () => Promise<void>): Promise<Measured> {
  const cpu = process.cpuUsage();
  const began = performance.now();
  await work();
  const used = process.cpuUsage(cpu);
  return { seconds: (performance.now() - began) / 1000, cpuSeconds: (used.user + used.system) / 1e6 };
}

/** With `interval` a sync each second beside the writes, with `always` one after each. Both end synced. */
async function plainWrites(folder: string, fsync: Fsync, block: Buffer): Promise<void> {
  const file: FileHandle = await open(join(folder, "plain"), "w");
  let syncing: Promise<void> | undefined;
  let syncedAt = performance.now();
  for (let at = 0; at < BYTES; at += block.length) {
    await file.write(block, 0, block.length, at);
    if (fsync === "always") await file.datasync();
    else if (syncing === undefined && performance.now() - syncedAt >= FSYNC_MS) {
      syncing = file.datasync().finally(() => {
        syncing = undefined;
        syncedAt = performance.now();
      });
    }
  }
  await syncing;
  await file.datasync();
  await file.close();
  rmSync(join(folder, "plain"));
}

function openLog(folder: string, fsync: Fsync): Promise<WriteAheadLog> {
  const lost = (spans: number, message: string) => {
    throw new Error(`${spans} spans lost: ${message}`);
  };
  const settings = { bytesMax: BYTES * 2, fsync, fsyncMs: FSYNC_MS };
  return WriteAheadLog.open({ folder, settings, clock: systemClock, observer: { changed: () => {}, lost } });
}

async function appendAll(log: WriteAheadLog, recordBytes: number): Promise<void> {
  const record = Buffer.alloc(recordBytes, 7);
  const spans = Math.max(1, Math.round(recordBytes / SPAN_BYTES));
  for (let written = 0; written < BYTES; ) {
    if (log.refusal(recordBytes) === undefined) {
      log.append(record, 0, recordBytes, spans);
      written += recordBytes;
    } else if (log.state === "behind") await log.safe();
    else throw new Error(log.problem);
    // As between requests.
    if (written % (recordBytes * 16) === 0) await turn();
  }
  if ((await log.safe()) === false) throw new Error(log.problem);
}

async function measureWrites(folder: string, fsync: Fsync, recordBytes: number): Promise<WriteRow> {
  const plainBlock = Buffer.alloc(PLAIN_BYTES, 7);
  let plain: Measured | undefined;
  let own: Measured | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const inner = join(folder, "log");
    const nextPlain = await measured(() => plainWrites(folder, fsync, plainBlock));
    const log = await openLog(inner, fsync);
    const nextOwn = await measured(async () => {
      await appendAll(log, recordBytes);
      await log.close(60_000);
    });
    rmSync(inner, { recursive: true });
    if (plain === undefined || nextPlain.seconds < plain.seconds) plain = nextPlain;
    if (own === undefined || nextOwn.seconds < own.seconds) own = nextOwn;
  }
  if (plain === undefined || own === undefined) throw new Error("no round was run");
  return {
    fsync,
    recordBytes,
    bytesPerSecond: BYTES / own.seconds,
    plainBytesPerSecond: BYTES / plain.seconds,
    ratio: plain.seconds / own.seconds,
    cpuSecondsPerGB: own.cpuSeconds / (BYTES / 1e9),
  };
}

async function measureReplay(folder: string, recordBytes: number): Promise<{ row: ReplayRow; openBytesPerSecond: number }> {
  const inner = join(folder, "log");
  const first = await openLog(inner, "interval");
  await appendAll(first, recordBytes);
  await first.close(60_000);
  let log: WriteAheadLog | undefined;
  const opened = await measured(async () => {
    log = await openLog(inner, "interval");
  });
  if (log === undefined || log.recovered.spans === 0) throw new Error("the log did not come back");
  const { spans } = log.recovered;
  let replayed = 0;
  const { seconds, cpuSeconds } = await measured(async () => {
    for (let batch = await log?.load(0, LOAD); batch !== undefined; batch = await log?.load(batch.toSeq, LOAD)) {
      replayed += batch.spans;
      log?.settle(batch.fromSeq, batch.toSeq);
    }
    await log?.close(60_000);
  });
  rmSync(inner, { recursive: true });
  if (replayed !== spans) throw new Error(`${replayed} of ${spans} spans came back`);
  return {
    row: { recordBytes, spansPerSecond: spans / seconds, cpuSecondsPerMillion: (cpuSeconds / spans) * 1e6 },
    openBytesPerSecond: BYTES / opened.seconds,
  };
}

export async function run(): Promise<WalReport> {
  const folder = mkdtempSync(join(tmpdir(), "headgate-bench-wal-"));
  try {
    const writes: WriteRow[] = [];
    for (const fsync of ["interval", "always"] as const)
      for (const recordBytes of [200_000, 8_000]) writes.push(await measureWrites(folder, fsync, recordBytes));
    const replays = [await measureReplay(folder, 200_000), await measureReplay(folder, 8_000)];
    // The disk's own speed is the goal where it is the lower one; a tenth is what two runs on a shared disk differ by.
    const goalsMet =
      writes.every((row) => row.bytesPerSecond >= Math.min(GOAL_WRITE, row.plainBytesPerSecond * 0.9)) &&
      replays.every(({ row }) => row.spansPerSecond >= GOAL_REPLAY);
    return {
      bench: "wal",
      goalBytesPerSecond: GOAL_WRITE,
      goalSpansPerSecond: GOAL_REPLAY,
      goalsMet,
      openBytesPerSecond: replays[0].openBytesPerSecond,
      writes,
      replay: replays.map(({ row }) => row),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function print(report: WalReport): void {
  console.log(`wal: ${BYTES / 1e9} GB in ${tmpdir()}, best of ${ROUNDS} rounds; plain is sequential writes of ${PLAIN_BYTES / 1_048_576} MiB`);
  const mb = (bytes: number) => Math.round(bytes / 1e6);
  console.table(
    Object.fromEntries(
      report.writes.map((row) => [
        `append, fsync ${row.fsync}, records of ${row.recordBytes / 1000} KB`,
        {
          "MB/s": mb(row.bytesPerSecond),
          "plain MB/s": mb(row.plainBytesPerSecond),
          "times plain": Number(row.ratio.toFixed(2)),
          "CPU-s per GB": Number(row.cpuSecondsPerGB.toFixed(2)),
        },
      ]),
    ),
  );
  console.table(
    Object.fromEntries(
      report.replay.map((row) => [
        `load and settle, records of ${row.recordBytes / 1000} KB`,
        { "million spans/s": Number((row.spansPerSecond / 1e6).toFixed(2)), "CPU-s per million": Number(row.cpuSecondsPerMillion.toFixed(3)) },
      ]),
    ),
  );
  console.log(`open and check: ${mb(report.openBytesPerSecond)} MB/s`);
  console.log(`goals: ${GOAL_WRITE / 1e6} MB/s or the disk's own speed, ${GOAL_REPLAY} spans/s read back: ${report.goalsMet ? "met" : "NOT met"}`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({ options: { json: { type: "string" } } });
  const report = await run();
  print(report);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
}
