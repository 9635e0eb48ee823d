import { describe, expect, it } from "vitest";
import type { RowRecording } from "#domain/telemetry/live.ts";
import { recordedWords } from "./recordedWords.ts";

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;
const on = (more: Partial<Extract<RowRecording, { kind: "on" }>> = {}): RowRecording => ({
  ...{ kind: "on", sinceMs: NOW - 6 * HOUR, bytes: 1, bytesMax: 2, share: 0.25, spansRecorded: 10, spansSkipped: 0, problem: "" },
  ...more,
});
const of = (...recordings: (RowRecording | null)[]) =>
  recordedWords(
    recordings.map((recording, index) => ({ name: `edge-${index + 1}`, recording })),
    NOW,
  );

describe("recordedWords", () => {
  it("says nothing where nobody has said anything", () => {
    expect(of()).toBeNull();
    expect(of(null, null)).toBeNull();
  });

  it("says how far back the recordings reach, and which share of the traces is recorded", () => {
    expect(of(on())).toEqual({ tone: "calm", text: "Recorded: the last 6 h, 25% of the traces now." });
    expect(of(on(), on({ sinceMs: NOW - 2 * HOUR, share: 1 }), null)).toEqual({
      tone: "calm",
      text: "All have a recording: the last 2 h to 6 h, 25% to 100% of the traces now.",
    });
  });

  it("says who has none, and why one records nothing at this moment", () => {
    expect(of(on(), { kind: "off" })).toEqual({ tone: "warn", text: "1 of 2 have a recording: the last 6 h, 25% of the traces now." });
    expect(of(on({ problem: "the disk is full" }))).toMatchObject({
      tone: "warn",
      text: expect.stringContaining("edge-1 records nothing at this moment: the disk is full."),
    });
  });

  it("tells an emptiness from the other", () => {
    expect(of({ kind: "off" })).toEqual({ tone: "nothing", text: "edge-1 records nothing: recording is turned off there, or it is too old." });
    expect(of({ kind: "off" }, { kind: "off" })?.text).toBe("None of them records: recording is turned off there, or they are too old.");
    expect(of(on({ sinceMs: 0 }))?.text).toBe("Nothing is recorded yet: nothing has come in since the recording was turned on.");
    expect(of(on({ sinceMs: 0, problem: "the folder is read-only" }))?.text).toBe("Nothing is recorded yet: edge-1 says: the folder is read-only.");
  });
});
