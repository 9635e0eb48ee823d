import { cp, mkdir, open, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RecordingSettings } from "#domain/pipeline/pipelineSettings.ts";
import { ManualClock } from "../manualClock.ts";
import { isWithinShare } from "./recordedShare.ts";
import { Recorder } from "./recorder.ts";
import type { RecordingDisk } from "./recordingFiles.ts";
import { type GivenSpan, hashOfTrace, idOf, readAll, recordingSettings, requestOf, scanned, temporaryFolder } from "./recordTestData.ts";

let folder: string;
let clock: ManualClock;
beforeEach(async () => {
  folder = await temporaryFolder();
  clock = new ManualClock();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const recordingFolder = () => path.join(folder, "recording");
const start = (settings: Partial<RecordingSettings> = {}, disk?: RecordingDisk) =>
  new Recorder({ folder: recordingFolder(), settings: recordingSettings(settings), clock, disk });

function send(recorder: Recorder, spans: readonly GivenSpan[]): void {
  const bytes = requestOf(spans);
  recorder.accepted(bytes, scanned(bytes, spans.length % 2 === 0));
}

const files = async () => (await readdir(recordingFolder()).catch(() => [])).sort();
const read = () => readAll(folder, clock.unixMs() + 1);
const spansOf = (trace: number, count = 3): GivenSpan[] => Array.from({ length: count }, (_, at) => ({ trace, span: trace * 100 + at }));
const BEGIN = 1_700_000_000_000;

async function onDisk(): Promise<number> {
  const sizes = await Promise.all((await files()).map(async (name) => (await stat(path.join(recordingFolder(), name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Text that does not compress. */
let noise = 1;
function bigText(bytes: number): string {
  let text = "";
  while (text.length < bytes) {
    noise = (Math.imul(noise, 1664525) + 1013904223) | 0;
    text += (noise >>> 8).toString(36);
  }
  return text;
}
const big = (trace: number, bytes: number): GivenSpan => ({ trace, span: trace, attributes: { big: bigText(bytes) } });

describe("Recorder", () => {
  it("records everything once where there is room for it, with what was seen and when", async () => {
    const recorder = start();
    const given = [spansOf(1), spansOf(2), spansOf(3)];
    send(recorder, given[0]);
    await clock.advance(500);
    send(recorder, given[1]);
    await clock.advance(5000);
    send(recorder, given[2]);
    await recorder.close(5000);
    const { recording, parts, ids, bytesRead } = await read();
    expect(ids).toEqual(given.flat().map(idOf));
    expect(parts.map(({ atMs }) => atMs - BEGIN)).toEqual([0, 500, 5500]);
    expect(parts.map(({ spans, seenSpans, share }) => [spans, seenSpans, share])).toEqual([
      [3, 3, 1],
      [3, 3, 1],
      [3, 3, 1],
    ]);
    const { start: first, end } = scanned(requestOf(given[0]));
    expect(parts[0].seenBytes).toBe(end[2] - first[0]);
    expect(recording).toMatchObject({ fromMs: BEGIN, untilMs: BEGIN + 5500, share: 1, gaps: [] });
    expect(recording.bytes).toBe(bytesRead);
    expect(recorder.figures()).toMatchObject({ spansRecorded: 9, spansSkipped: 0, problem: "" });
  });

  it("takes fewer traces where more comes than it may record, each of them whole, and counts all that it has seen", async () => {
    const recorder = start({ spansPerSecondMax: 100 });
    const given: GivenSpan[] = [];
    // Every trace comes in three pieces, over several seconds.
    for (let second = 0; second < 30; second++) {
      for (let trace = 0; trace < 300; trace += 20) {
        const spans = Array.from({ length: 20 }, (_, at) => ({ trace: trace + at + Math.floor(second / 3) * 300, span: second * 1000 + trace + at }));
        given.push(...spans);
        send(recorder, spans);
        await clock.advance(50);
      }
    }
    await recorder.close(5000);
    const { recording, parts, ids } = await read();
    expect(recording.share).toBeLessThan(1);
    expect(recording.share).toBeGreaterThanOrEqual(1 / 16);
    expect(new Set(ids).size).toBe(ids.length);
    const expected = given.filter(({ trace }) => isWithinShare(hashOfTrace(trace), recording.share)).map(idOf);
    const recorded = new Set(ids);
    expect(expected.filter((id) => !recorded.has(id))).toEqual([]);
    // A lower share is a part of a higher one: nothing was recorded that its own share would not have taken.
    expect(parts.reduce((sum, { seenSpans }) => sum + seenSpans, 0)).toBe(given.length);
    expect(parts.reduce((sum, { spans }) => sum + spans, 0)).toBe(ids.length);
    expect(recorder.figures()?.spansRecorded).toBe(ids.length);
  });

  it("never takes more of the disk than its bound, and deletes the oldest first", async () => {
    const recorder = start({ bytesMax: 1_048_576, spansPerSecondMax: 1_000_000 });
    for (let trace = 0; trace < 60; trace++) {
      send(recorder, [big(trace, 60_000)]);
      await clock.advance(2100);
      await recorder.idle();
      expect(await onDisk()).toBeLessThanOrEqual(1_048_576);
    }
    await recorder.close(5000);
    const { recording, ids } = await read();
    expect(ids).toEqual(Array.from({ length: ids.length }, (_, at) => idOf({ trace: 60 - ids.length + at, span: 60 - ids.length + at })));
    expect(ids.length).toBeGreaterThan(8);
    expect(recording.fromMs).toBeGreaterThan(BEGIN);
    expect(recording.gaps).toEqual([]);
    expect(recorder.figures()).toMatchObject({ bytes: await onDisk(), bytesMax: 1_048_576 });
  });

  it("deletes what is too old, and takes smaller bounds at once", async () => {
    const recorder = start({ hoursMax: 2, spansPerSecondMax: 1_000_000 });
    for (let quarter = 0; quarter < 16; quarter++) {
      send(recorder, [big(quarter, 20_000)]);
      await clock.advance(900_000);
      await recorder.idle();
    }
    const { recording } = await read();
    expect(clock.unixMs() - recording.fromMs).toBeGreaterThan(1.5 * 3_600_000);
    expect(clock.unixMs() - recording.fromMs).toBeLessThan(2.5 * 3_600_000);
    recorder.use(recordingSettings({ hoursMax: 1, spansPerSecondMax: 1_000_000 }));
    await recorder.idle();
    expect(clock.unixMs() - (await read()).recording.fromMs).toBeLessThan(1.5 * 3_600_000);
    recorder.use(recordingSettings({ hoursMax: 1, bytesMax: 40_000, spansPerSecondMax: 1_000_000 }));
    await recorder.idle();
    expect(await onDisk()).toBeLessThanOrEqual(40_000);
    await recorder.close(5000);
  });

  it("deletes everything when it is switched off, also what an earlier process left, and leaves what is not its own", async () => {
    const recorder = start();
    send(recorder, spansOf(1));
    await recorder.close(5000);
    expect(await files()).toHaveLength(1);
    await writeFile(path.join(recordingFolder(), "notes.txt"), "mine");
    const next = start({ enabled: false });
    await next.idle();
    expect(await files()).toEqual(["notes.txt"]);
    send(next, spansOf(2));
    expect(next.figures()).toBeUndefined();
    next.use(recordingSettings());
    send(next, spansOf(3));
    await clock.advance(3000);
    next.use(recordingSettings({ enabled: false }));
    await next.idle();
    expect(await files()).toEqual(["notes.txt"]);
    next.use(recordingSettings());
    send(next, spansOf(4));
    await next.close(5000);
    expect((await read()).ids).toEqual(spansOf(4).map(idOf));
  });

  it("keeps what was redacted alike when the list shrinks, and deletes what holds a value that must not be held now", async () => {
    const withCard = (trace: number): GivenSpan => ({ trace, span: trace, attributes: { "card.number": "4111-1111" } });
    const recorder = start({ redact: ["card.*"] });
    send(recorder, [withCard(1)]);
    await clock.advance(3000);
    recorder.use(recordingSettings({ redact: [] }));
    send(recorder, [withCard(2)]);
    await clock.advance(3000);
    await recorder.idle();
    const { ids, parts, recording } = await read();
    expect(ids).toEqual([withCard(1), withCard(2)].map(idOf));
    expect(parts.map(({ request }) => request.includes("4111-1111"))).toEqual([false, true]);
    expect(parts[0].request.includes("card.number")).toBe(true);
    expect(recording.redacted).toEqual(["card.*"]);
    send(recorder, [withCard(3)]);
    recorder.use(recordingSettings({ redact: ["card.number"] }));
    send(recorder, [withCard(4)]);
    await recorder.idle();
    await recorder.close(5000);
    const after = await read();
    expect(after.ids).toEqual([withCard(1), withCard(4)].map(idOf));
    for (const name of await files()) expect((await readFile(path.join(recordingFolder(), name))).includes("4111-1111")).toBe(false);
    expect(after.parts.map(({ request }) => request.includes("4111-1111"))).toEqual([false, false]);
  });

  it("deletes what an earlier process recorded under a shorter list", async () => {
    const recorder = start({ redact: [] });
    send(recorder, spansOf(1));
    await recorder.close(5000);
    const next = start({ redact: ["user.id"] });
    await next.idle();
    expect(await files()).toEqual([]);
    await next.close(5000);
  });

  it("writes files and folders for its owner alone", async () => {
    await mkdir(recordingFolder(), { recursive: true, mode: 0o755 });
    const recorder = start();
    send(recorder, spansOf(1));
    await recorder.close(5000);
    expect((await stat(recordingFolder())).mode & 0o777).toBe(0o700);
    for (const name of await files()) expect((await stat(path.join(recordingFolder(), name))).mode & 0o777).toBe(0o600);
  });

  it("says what it can't write and tries again, with the time between as a gap; nothing waits for the disk", async () => {
    let error: Error | undefined;
    const disk: RecordingDisk = {
      open: async (...given) => {
        if (error !== undefined) throw error;
        return open(...given);
      },
    };
    const recorder = start({}, disk);
    error = Object.assign(new Error("no space left"), { code: "ENOSPC" });
    send(recorder, spansOf(1));
    await clock.advance(2500);
    await recorder.idle();
    expect(recorder.figures()).toMatchObject({ spansSkipped: 3, spansRecorded: 0, problem: expect.stringContaining("the disk is full (ENOSPC)") });
    expect(recorder.figures()?.problem).toContain("recording.bytesMax");
    send(recorder, spansOf(2));
    expect(recorder.figures()?.spansSkipped).toBe(6);
    error = undefined;
    await clock.advance(12_000);
    await recorder.idle();
    expect(recorder.figures()?.problem).toBe("");
    send(recorder, spansOf(3));
    await recorder.close(5000);
    const { recording, ids, parts } = await read();
    expect(ids).toEqual(spansOf(3).map(idOf));
    // Before it nothing was ever recorded.
    expect(recording).toMatchObject({ fromMs: BEGIN + 2000, untilMs: BEGIN + 14_500 });
    expect(recording.gaps).toMatchObject([{ fromMs: BEGIN + 2000, reason: expect.stringContaining("the disk is full") }]);
    expect(recording.gaps[0].untilMs).toBeGreaterThanOrEqual(BEGIN + 12_000);
    expect(parts.reduce((sum, { seenSpans }) => sum + seenSpans, 0)).toBe(3);
    expect(recorder.figures()).toMatchObject({ spansSkipped: 6, spansRecorded: 3 });
  });

  it("goes on by itself when the folder was a file, and when it was deleted while it was in use", async () => {
    await writeFile(recordingFolder(), "in the way");
    const recorder = start();
    await recorder.idle();
    expect(recorder.figures()?.problem).toContain("a file is in the way");
    await rm(recordingFolder());
    await clock.advance(12_000);
    send(recorder, spansOf(1));
    await clock.advance(3000);
    await recorder.idle();
    expect(recorder.figures()).toMatchObject({ problem: "", spansRecorded: 3 });
    recorder.use(recordingSettings({ hoursMax: 12 }));
    await recorder.idle();
    await rm(recordingFolder(), { recursive: true });
    send(recorder, spansOf(2));
    await recorder.close(5000);
    expect((await read()).ids).toEqual(spansOf(2).map(idOf));
  });

  it("holds a bounded part of what a hanging disk does not take, and counts the rest", async () => {
    let letGo: () => void = () => {};
    const hanging = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const disk: RecordingDisk = {
      open: async (...given) => {
        await hanging;
        return open(...given);
      },
    };
    const recorder = start({ spansPerSecondMax: 1_000_000 }, disk);
    let sent = 0;
    for (; sent < 200; sent++) send(recorder, [big(sent, 100_000)]);
    for (let minute = 0; minute < 300; minute++) await clock.advance(60_000);
    const { spansSkipped, problem } = recorder.figures() ?? { spansSkipped: 0, problem: "" };
    expect(spansSkipped).toBeGreaterThan(100);
    expect(spansSkipped).toBeLessThan(190);
    expect(problem).toContain("the disk was slower");
    letGo();
    await recorder.idle();
    send(recorder, [big(sent, 1000)]);
    await recorder.close(5000);
    const { recording, ids } = await read();
    expect(ids.length + spansSkipped).toBe(sent + 1);
    expect(recording.gaps.map(({ reason }) => reason)).toContainEqual(expect.stringContaining("the disk was slower"));
    expect(recorder.figures()?.problem).toBe("");
  });

  it("takes a request of many parts, and leaves out alone what is larger than a span may be or malformed inside", async () => {
    const recorder = start({ spansPerSecondMax: 1_000_000 });
    const many = Array.from({ length: 60 }, (_, at) => big(at, 30_000));
    send(recorder, many);
    send(recorder, [big(100, 2_200_000), big(101, 1_500_000)]);
    const broken = requestOf([{ trace: 200, span: 1, attributes: { broken: "text" } }, ...spansOf(201, 1)]);
    const table = scanned(broken);
    // The length of the value's text says more than there is: in span scope nobody looks at it in a span that is not kept.
    broken[broken.indexOf("text") - 1] = 100;
    recorder.accepted(broken, table);
    await recorder.close(5000);
    const { ids, recording } = await read();
    expect(ids).toEqual([...many, { trace: 101, span: 101 }, ...spansOf(201, 1)].map(idOf));
    expect(recorder.figures()).toMatchObject({ spansSkipped: 2, spansRecorded: 62 });
    expect(recording.gaps).toMatchObject([{ reason: "a span was larger than 2 MiB" }]);
  });

  it("says of silence that nothing came, so that it is no gap, and what a stop and a kill have left out", async () => {
    const recorder = start();
    send(recorder, spansOf(1));
    await clock.advance(120_000);
    await recorder.close(5000);
    expect((await read()).recording).toMatchObject({ fromMs: BEGIN, untilMs: BEGIN + 120_000, gaps: [] });
    await clock.advance(60_000);
    const second = start();
    send(second, spansOf(2));
    await clock.advance(3000);
    send(second, spansOf(3));
    await clock.advance(3000);
    await second.idle();
    // As if it were killed now: of the last block half is in the file.
    const copy = await temporaryFolder();
    await cp(recordingFolder(), path.join(copy, "recording"), { recursive: true });
    const last = path.join(copy, "recording", (await files()).at(-1) ?? "");
    await truncate(last, (await stat(last)).size - 20);
    expect((await readAll(copy, clock.unixMs() + 1)).ids).toEqual([...spansOf(1), ...spansOf(2)].map(idOf));
    await second.close(5000);
    await clock.advance(60_000);
    const third = new Recorder({ folder: path.join(copy, "recording"), settings: recordingSettings(), clock });
    send(third, spansOf(4));
    await third.close(5000);
    const { recording, ids } = await readAll(copy, clock.unixMs() + 1);
    await rm(copy, { recursive: true });
    expect(ids).toEqual([spansOf(1), spansOf(2), spansOf(4)].flat().map(idOf));
    expect(recording.gaps).toEqual([
      { fromMs: BEGIN + 120_000, untilMs: BEGIN + 180_000, reason: "the collector did not run" },
      { fromMs: BEGIN + 182_000, untilMs: BEGIN + 246_000, reason: expect.stringContaining("ended without warning") },
    ]);
  });

  it("goes on with the time as it is after the clock was set back", async () => {
    let set = 0;
    const moved = { now: () => clock.now(), unixMs: () => clock.unixMs() + set, after: (ms: number, run: () => void) => clock.after(ms, run) };
    const recorder = new Recorder({ folder: recordingFolder(), settings: recordingSettings(), clock: moved });
    send(recorder, spansOf(1));
    await clock.advance(5000);
    set = -3_600_000;
    send(recorder, spansOf(2));
    await recorder.close(5000);
    const { parts } = await readAll(folder, clock.unixMs() + 1);
    expect(parts.map(({ atMs }) => atMs - BEGIN)).toEqual([0, 5000 - 3_600_000]);
  });
});
