import { mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../manualClock.ts";
import { seededRandom } from "../sample/wireTestData.ts";
import { openRecording } from "./openRecording.ts";
import { isWithinShare } from "./recordedShare.ts";
import { Recorder } from "./recorder.ts";
import type { RecordedPart } from "./recording.ts";
import { type GivenSpan, hashOfTrace, idOf, readAll, recordingSettings, requestOf, scanned, temporaryFolder } from "./recordTestData.ts";

let folder: string;
let clock: ManualClock;
beforeEach(async () => {
  folder = await temporaryFolder();
  clock = new ManualClock();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const BEGIN = 1_700_000_000_000;
const threadFolder = (thread: number) => path.join(folder, ...(thread === 0 ? [] : ["workers", String(thread)]), "recording");
const start = (thread = 0, spansPerSecondMax = 1_000_000, bytesMax = 268_435_456) =>
  new Recorder({ folder: threadFolder(thread), settings: recordingSettings({ spansPerSecondMax, bytesMax }), clock });

function send(recorder: Recorder, spans: readonly GivenSpan[]): void {
  const bytes = requestOf(spans);
  recorder.accepted(bytes, scanned(bytes));
}
const now = () => clock.unixMs() + 1;
const read = () => readAll(folder, now());

describe("openRecording", () => {
  it("finds nothing where nothing was recorded", async () => {
    const { recording, parts } = await readAll(path.join(folder, "nowhere"), 5000);
    expect(recording).toMatchObject({ fromMs: 5000, untilMs: 5000, bytes: 0, share: 1, redacted: [], gaps: [] });
    expect(parts).toEqual([]);
  });

  it("gives what several threads have recorded in order of time, whole where all of them have it", async () => {
    const recorders = [start(0), start(1), start(2, 20)];
    const random = seededRandom(5);
    const given: GivenSpan[] = [];
    for (let step = 0; step < 300; step++) {
      const spans = Array.from({ length: 10 }, (_, at) => ({ trace: random(200), span: step * 10 + at }));
      given.push(...spans);
      send(recorders[random(3)], spans);
      await clock.advance(50);
    }
    await Promise.all(recorders.map((recorder) => recorder.close(5000)));
    const { recording, parts, ids, bytesRead } = await read();
    const times = parts.map(({ atMs }) => atMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(recording.share).toBeLessThan(1);
    expect(bytesRead).toBe(recording.bytes);
    const recorded = new Set(ids);
    expect(recorded.size).toBe(ids.length);
    const whole = given.filter(({ trace }) => isWithinShare(hashOfTrace(trace), recording.share)).map(idOf);
    expect(whole.length).toBeGreaterThan(20);
    expect(whole.filter((id) => !recorded.has(id))).toEqual([]);
    expect(parts.reduce((sum, { seenSpans }) => sum + seenSpans, 0)).toBe(given.length);
  });

  it("begins where all threads still have everything", async () => {
    const [small, large] = [start(0, 1_000_000, 200_000), start(1)];
    const random = seededRandom(6);
    for (let step = 0; step < 60; step++) {
      const filler = Array.from({ length: 6000 }, () => random(36).toString(36)).join("");
      send(small, [{ trace: step, span: step, attributes: { filler } }]);
      send(large, [{ trace: step, span: 1000 + step }]);
      await clock.advance(60_000);
      await Promise.all([small.idle(), large.idle()]);
    }
    await Promise.all([small.close(5000), large.close(5000)]);
    const { recording, parts } = await read();
    expect(recording.fromMs).toBeGreaterThan(BEGIN + 5 * 60_000);
    expect(parts[0].atMs).toBeGreaterThanOrEqual(recording.fromMs);
    const minutes = parts.filter(({ spans }) => spans > 0).length;
    expect(minutes % 2).toBe(0);
    expect(recording.gaps).toEqual([]);
  });

  it("gives no more than the time asked for", async () => {
    const recorder = start();
    for (let minute = 0; minute < 60; minute++) {
      send(recorder, [{ trace: minute, span: minute }]);
      await clock.advance(60_000);
      await recorder.idle();
    }
    await recorder.close(5000);
    const { recording, parts, bytesRead } = await readAll(folder, clock.unixMs(), 10 * 60_000);
    expect(recording).toMatchObject({ fromMs: clock.unixMs() - 600_000, untilMs: clock.unixMs() });
    expect(parts.filter(({ spans }) => spans > 0)).toHaveLength(10);
    // What follows the last part says that nothing came.
    expect(bytesRead).toBeLessThanOrEqual(recording.bytes);
    expect(bytesRead).toBeGreaterThan(recording.bytes / 2);
    expect(recording.bytes).toBeLessThan((await read()).recording.bytes / 4);
  });

  it("reads while the recorder writes, and says what was rotated away or damaged meanwhile", async () => {
    const recorder = start();
    for (let quarter = 0; quarter < 8; quarter++) {
      send(recorder, [{ trace: quarter, span: quarter }]);
      await clock.advance(900_000);
      await recorder.idle();
    }
    const recording = await openRecording(folder, 86_400_000, now());
    send(recorder, [{ trace: 100, span: 100 }]);
    await recorder.close(5000);
    const names = (await readdir(threadFolder(0))).sort();
    await rm(path.join(threadFolder(0), names[1]));
    await writeFile(path.join(threadFolder(0), names[2]), "something else");
    const damaged = path.join(threadFolder(0), names[3]);
    const bytes = await readFile(damaged);
    bytes[bytes.indexOf(Buffer.from([0x28, 0xb5, 0x2f, 0xfd])) + 20] ^= 0xff;
    await writeFile(damaged, bytes);
    const parts: RecordedPart[] = [];
    let last = 0;
    for await (const { part, bytesRead } of recording.parts(new AbortController().signal)) {
      parts.push(part);
      last = bytesRead;
    }
    const read = parts.filter(({ spans }) => spans > 0).length;
    expect(read).toBeGreaterThan(3);
    expect(read).toBeLessThan(8);
    expect(new Set(recording.gaps.map(({ reason }) => reason))).toEqual(
      new Set(["deleted while it was read, to make room or because it had grown too old", "a file of the recording is damaged"]),
    );
    for (const { fromMs, untilMs } of recording.gaps) expect(untilMs).toBeGreaterThanOrEqual(fromMs);
    expect(last).toBeGreaterThan(recording.bytes / 2);
    expect(last).toBeLessThanOrEqual(recording.bytes);
  });

  it("stops when nobody wants it any more", async () => {
    const recorder = start();
    for (let second = 0; second < 50; second++) {
      send(recorder, [{ trace: second, span: second }]);
      await clock.advance(1000);
    }
    await recorder.close(5000);
    const recording = await openRecording(folder, 86_400_000, now());
    const end = new AbortController();
    let count = 0;
    for await (const _part of recording.parts(end.signal)) if (++count === 7) end.abort();
    expect(count).toBe(7);
  });

  it("never throws, whatever lies there, and reads what is whole", async () => {
    const recorder = start();
    send(recorder, [{ trace: 1, span: 1 }]);
    await clock.advance(700_000);
    send(recorder, [{ trace: 2, span: 2 }]);
    await recorder.close(5000);
    const [first, second] = (await readdir(threadFolder(0))).sort();
    const whole = await readFile(path.join(threadFolder(0), first));
    const random = seededRandom(9);
    for (let round = 0; round < 300; round++) {
      const mutated = Buffer.from(whole);
      for (let change = 0; change < 1 + random(6); change++) mutated[random(mutated.length)] = random(256);
      await writeFile(path.join(threadFolder(0), first), mutated.subarray(0, random(3) === 0 ? random(mutated.length) : mutated.length));
      const { recording, ids } = await read();
      expect(ids).toContain(idOf({ trace: 2, span: 2 }));
      expect(recording.fromMs).toBeLessThanOrEqual(recording.untilMs);
    }
    await writeFile(path.join(threadFolder(0), first), whole);
    await mkdir(path.join(threadFolder(0), first.replace("-00000000", "-00000007")));
    await symlink("/nowhere", path.join(threadFolder(0), first.replace("-00000000", "-00000008")));
    await writeFile(path.join(threadFolder(0), first.replace("-00000000", "-00000009")), "");
    await writeFile(path.join(threadFolder(0), "other.txt"), "x");
    expect((await read()).ids).toEqual([idOf({ trace: 1, span: 1 }), idOf({ trace: 2, span: 2 })]);
    expect(second).toBeDefined();
  });
});
