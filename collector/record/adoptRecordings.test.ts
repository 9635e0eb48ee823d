import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { ManualClock } from "../manualClock.ts";
import { adoptRecordings } from "./adoptRecordings.ts";
import { openRecording } from "./openRecording.ts";
import { Recorder } from "./recorder.ts";
import { type GivenSpan, idOf, readAll, recordingSettings, requestOf, scanned, temporaryFolder } from "./recordTestData.ts";

it("keeps what threads have recorded that are not there any more, within the bounds of the first, until it is switched off", async () => {
  const folder = await temporaryFolder();
  const clock = new ManualClock();
  const threadFolder = (thread: number) => path.join(folder, ...(thread === 0 ? [] : ["workers", String(thread)]), "recording");
  const start = (thread: number) => new Recorder({ folder: threadFolder(thread), settings: recordingSettings(), clock });
  const send = (recorder: Recorder, spans: GivenSpan[]) => {
    const bytes = requestOf(spans);
    recorder.accepted(bytes, scanned(bytes));
  };
  const recorders = [0, 1, 2].map(start);
  const given = recorders.map((recorder, thread) => {
    const span = { trace: thread, span: thread };
    send(recorder, [span]);
    return span;
  });
  await clock.advance(3000);
  await Promise.all(recorders.map((recorder) => recorder.close(5000)));
  await mkdir(path.join(folder, "workers", "notes"), { recursive: true });
  await writeFile(path.join(threadFolder(2), "notes.txt"), "mine");
  await adoptRecordings(folder, 2);
  expect((await readdir(threadFolder(2))).sort()).toEqual(["notes.txt"]);
  expect((await readdir(threadFolder(1))).length).toBe(1);
  await adoptRecordings(folder, 1);
  const [first] = [start(0)];
  send(first, [{ trace: 9, span: 9 }]);
  await clock.advance(3_000);
  await first.idle();
  const { ids, recording } = await readAll(folder, clock.unixMs() + 1);
  expect(ids.sort()).toEqual([...given, { trace: 9, span: 9 }].map(idOf).sort());
  expect(recording).toMatchObject({ fromMs: 1_700_000_000_000, untilMs: 1_700_000_005_000 });
  expect(first.figures()?.bytes).toBe((await openRecording(folder, 86_400_000, clock.unixMs() + 1)).bytes + 4 * headBytes(first));
  first.use(recordingSettings({ enabled: false }));
  await first.idle();
  expect((await readAll(folder, clock.unixMs() + 1)).ids).toEqual([]);
  expect(await readdir(folder)).toEqual(["workers"]);
  await rm(folder, { recursive: true });
});

/** Heads of files are not counted as something to be read; all four have the same list. */
function headBytes(recorder: Recorder): number {
  const head = { headgateRecording: 1, startedMs: 1_700_000_000_000, begins: "started", redact: recordingSettings().redact };
  expect(recorder.figures()?.problem).toBe("");
  return 8 + JSON.stringify(head).length;
}
