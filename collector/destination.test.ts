import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "./clock.ts";
import { BATCH_HEADROOM, type Batch } from "./deliver/batch.ts";
import { IN_LOG_ALONE } from "./deliver/batchLog.ts";
import { DELIVERED, type Exporter, type ExportOutcome } from "./deliver/exporter.ts";
import { Destination, type DestinationSettings } from "./destination.ts";

const SPAN_BYTES = 100;
const retryable: ExportOutcome = { kind: "retryable", message: "away", retryAfterMs: undefined };

/** Records what it delivered: each span of the test is 100 bytes that begin with its number. */
class Backend implements Exporter {
  readonly failure = { exhausted: "retry_exhausted", permanent: "permanent_error" } as const;
  readonly got: number[] = [];
  answer: () => ExportOutcome | Promise<ExportOutcome> = () => DELIVERED;
  async export(batch: Batch): Promise<ExportOutcome> {
    const outcome = await this.answer();
    if (outcome.kind === "delivered") for (let at = BATCH_HEADROOM; at < batch.end; at += SPAN_BYTES) this.got.push(batch.buffer.readUInt32LE(at));
    return outcome;
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

const settings: DestinationSettings = {
  queue: { spansMax: 100, bytesMax: 1_000_000 },
  retry: { initialMs: 1, maxMs: 5, maxElapsedMs: 60_000, budgetRatio: 1, budgetFloorPerSecond: 1000 },
  delivery: { concurrency: 2, timeoutMs: 500 },
  breaker: { failureThreshold: 5, openForMs: 30, probes: 1 },
  batch: { sizeMin: 10, sizeMax: 40, timeoutMs: 5, growWhenQueueAbove: 1000, shrinkWhenQueueBelow: 100 },
  wal: { enabled: true, bytesMax: 16_777_216, fsync: "never", fsyncMs: 1000, whenBroken: "continue" },
};

let folder: string;
let backend: Backend;
let counted: { delivered: number; dropped: Record<string, number>; left: number; wal: string[] };
const open: Destination[] = [];
beforeEach(() => {
  folder = path.join(mkdtempSync(path.join(tmpdir(), "headgate-destination-")), "wal");
  backend = new Backend();
  counted = { delivered: 0, dropped: {}, left: 0, wal: [] };
});
afterEach(async () => {
  for (const destination of open.splice(0)) await destination.drain(0);
  rmSync(path.dirname(folder), { recursive: true, force: true });
});

async function openDestination(given: Partial<DestinationSettings> = {}, holdsLog = false, inFolder = folder) {
  const drop = (reason: string, spans: number) => {
    counted.dropped[reason] = (counted.dropped[reason] ?? 0) + spans;
  };
  let number = 0;
  let recovered = 0;
  const destination = await Destination.open(
    {
      name: "default",
      settings: { ...settings, ...given },
      exporter: backend,
      clock: systemClock,
      random: () => 0.5,
      batchNumber: () => number++,
      observer: {
        waited: () => {},
        exported: () => {},
        delivered: (spans) => {
          counted.delivered += spans;
        },
        dropped: drop,
        left: ({ spans }) => {
          counted.left += spans;
        },
        recovered: (spans) => {
          recovered += spans;
        },
        lost: (spans) => drop("wal_corrupt", spans),
        roomFreed: () => {},
        tryFailed: () => {},
        breakerChanged: () => {},
        readBack: () => {},
        walNotes: () => {},
        walChanged: (state) => counted.wal.push(state),
      },
    },
    inFolder,
    holdsLog,
  );
  open.push(destination);
  return { destination, recovered };
}

/** As the intake does it; false when there is no room. */
function put(destination: Destination, first: number, spans: number): number | string {
  const bytes = spans * SPAN_BYTES;
  const reason = destination.whyNoRoom(spans, bytes);
  if (reason !== undefined) return reason;
  const at = destination.reserve(spans, bytes + 50);
  for (let span = 0; span < spans; span++) destination.buffer.writeUInt32LE(first + span, at + span * SPAN_BYTES);
  return destination.commit(at, at + bytes, spans);
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (holds()) return;
    await pause(10);
  }
  throw new Error(`not within 5 s: ${what}`);
}
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

describe("Destination", () => {
  it("delivers from memory and forgets what is delivered", async () => {
    const { destination } = await openDestination();
    for (let i = 0; i < 20; i++) expect(put(destination, i * 5, 5)).toBeGreaterThanOrEqual(0);
    await destination.safe();
    await until("everything delivered", () => destination.queuedSpans === 0);
    expect(backend.got.sort((a, b) => a - b)).toEqual(numbers(0, 100));
    expect(destination.figures()).toMatchObject({ delivered: 100, dropped: 0, wal: "ok", walOnlySpans: 0, breaker: "closed" });
  });

  it("puts what memory has no room for into the log, and delivers it later: everything once, oldest first", async () => {
    const { destination } = await openDestination();
    backend.answer = () => retryable;
    const went = numbers(0, 400).map((i) => put(destination, i * 5, 5));
    expect(went.filter((batch) => batch === IN_LOG_ALONE).length).toBeGreaterThan(370);
    expect(destination.queue.spans).toBeLessThanOrEqual(100);
    expect(destination.queuedSpans).toBe(2000);
    await until("the breaker open", () => destination.queue.breaker.opened > 0);
    backend.answer = () => DELIVERED;
    await until("everything delivered", () => destination.queuedSpans === 0);
    expect([...backend.got].sort((a, b) => a - b)).toEqual(numbers(0, 2000));
    // Two batches are under way at a time, so neighbours may overtake each other.
    for (const [at, number] of backend.got.entries()) expect(Math.abs(at - number)).toBeLessThanOrEqual(160);
    expect(counted).toMatchObject({ delivered: 2000, dropped: {} });
  });

  it("goes on while the backlog is read back, and loses and doubles nothing", async () => {
    const { destination } = await openDestination();
    backend.answer = () => retryable;
    let next = 0;
    const send = (requests: number) => {
      for (let i = 0; i < requests; i++, next += 7) expect(put(destination, next, 7)).toEqual(expect.any(Number));
    };
    for (let round = 0; round < 30; round++) {
      if (round === 10) backend.answer = () => DELIVERED;
      if (round === 15) backend.answer = () => retryable;
      if (round === 20) backend.answer = () => DELIVERED;
      send(20);
      await pause(8);
    }
    await until("everything delivered", () => destination.queuedSpans === 0);
    expect(backend.got.sort((a, b) => a - b)).toEqual(numbers(0, next));
  });

  it("delivers after a restart what was not delivered before it", async () => {
    const first = await openDestination();
    backend.answer = () => new Promise<ExportOutcome>(() => {});
    for (let i = 0; i < 100; i++) put(first.destination, i * 5, 5);
    expect(await first.destination.safe()).not.toBe(false);
    // As after a kill: what stands on the disk now, and nothing that an orderly end would still write.
    const copy = `${folder}-copy`;
    cpSync(folder, copy, { recursive: true, filter: (file) => !path.basename(file).startsWith("lock") });
    const old = backend;
    backend = new Backend();
    const { destination, recovered } = await openDestination({}, true, copy);
    expect(recovered).toBe(500);
    expect(destination.queuedSpans).toBe(500);
    put(destination, 500, 5);
    await until("everything delivered", () => destination.queuedSpans === 0);
    expect(backend.got.sort((a, b) => a - b)).toEqual(numbers(0, 505));
    expect(old.got).toEqual([]);
  });

  it("leaves in the log at a stop what could not be delivered", async () => {
    const { destination } = await openDestination();
    backend.answer = () => retryable;
    for (let i = 0; i < 100; i++) put(destination, i * 5, 5);
    expect(await destination.drain(50)).toBe(500);
    expect(counted).toMatchObject({ delivered: 0, dropped: {} });
    backend.answer = () => DELIVERED;
    const again = await openDestination({}, true);
    expect(again.recovered).toBe(500);
    await until("everything delivered", () => again.destination.queuedSpans === 0);
  });

  it("refuses when the log is full, and takes more once some of it is delivered", async () => {
    const { destination } = await openDestination();
    backend.answer = () => retryable;
    let next = 0;
    let refused: number | string = 0;
    for (let i = 0; i < 400_000 && typeof refused === "number"; i++) {
      refused = put(destination, next, 50);
      if (typeof refused === "number") next += 50;
      if (refused === "wal_behind") {
        await destination.safe();
        refused = 0;
      }
    }
    expect(refused).toBe("wal_full");
    expect(destination.figures()).toMatchObject({ wal: "full" });
    expect(destination.figures().walBytes).toBeLessThanOrEqual(settings.wal.bytesMax);
    expect(destination.noRoomMessage("wal_full")).toContain("log");
    backend.answer = () => DELIVERED;
    await until("room again", () => destination.whyNoRoom(50, 5000) === undefined);
    await until("everything delivered", () => destination.queuedSpans === 0);
    expect(counted.delivered).toBe(next);
    expect(counted.dropped).toEqual({});
  });

  it("goes on in memory alone while the log can't be written, and says so; or refuses, if that is what was asked", async () => {
    writeFileSync(folder, "a file where the folder should be");
    const { destination } = await openDestination();
    expect(destination.figures()).toMatchObject({ wal: "failed" });
    expect(destination.figures().walProblem).not.toBe("");
    expect(put(destination, 0, 5)).toBeGreaterThanOrEqual(0);
    await until("everything delivered", () => destination.queuedSpans === 0);
    backend.answer = () => retryable;
    let refused: number | string = 0;
    for (let i = 0; i < 50 && typeof refused === "number"; i++) refused = put(destination, 5 + i * 5, 5);
    expect(refused).toBe("wal_failed");
    await destination.configure({ ...settings, wal: { ...settings.wal, whenBroken: "refuse" } }, folder);
    backend.answer = () => DELIVERED;
    await until("everything delivered", () => destination.queuedSpans === 0);
    expect(put(destination, 500, 5)).toBe("wal_failed");
  });

  it("without a log refuses when memory is full, and drops at a stop what is left", async () => {
    const { destination } = await openDestination({ wal: { ...settings.wal, enabled: false } });
    backend.answer = () => retryable;
    const went = numbers(0, 30).map((i) => put(destination, i * 5, 5));
    expect(went.filter((one) => one === "queue_full")).toHaveLength(10);
    expect(destination.figures()).toMatchObject({ wal: "off", walBytes: 0, walBytesMax: 0 });
    await destination.drain(20);
    expect(counted.dropped).toEqual({ shutdown: 100 });
  });

  it("reads a log out that is not asked for any more, and writes nothing to it", async () => {
    const first = await openDestination();
    backend.answer = () => retryable;
    for (let i = 0; i < 100; i++) put(first.destination, i * 5, 5);
    await first.destination.drain(10);
    backend.answer = () => DELIVERED;
    const { destination, recovered } = await openDestination({ wal: { ...settings.wal, enabled: false } }, true);
    expect(recovered).toBe(500);
    put(destination, 500, 5);
    await until("everything delivered", () => destination.queuedSpans === 0);
    expect(backend.got.sort((a, b) => a - b)).toEqual(numbers(0, 505));
    await destination.drain(10);
    expect((await openDestination({}, true)).recovered).toBe(0);
  });

  it("can be given a log, and relieved of it, while it runs", async () => {
    const off = { ...settings, wal: { ...settings.wal, enabled: false } };
    const { destination } = await openDestination(off);
    backend.answer = () => retryable;
    for (let i = 0; i < 10; i++) put(destination, i * 5, 5);
    await destination.configure(settings, folder);
    for (let i = 10; i < 100; i++) expect(put(destination, i * 5, 5)).toEqual(expect.any(Number));
    await destination.configure(off, folder);
    backend.answer = () => DELIVERED;
    await until("everything delivered", () => destination.queuedSpans === 0);
    expect(backend.got.sort((a, b) => a - b)).toEqual(numbers(0, 500));
    expect(counted.dropped).toEqual({});
  });
});
