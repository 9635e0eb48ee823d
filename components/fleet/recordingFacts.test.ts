import { describe, expect, it } from "vitest";
import { recordingFacts } from "./recordingFacts.ts";

const figures = { sinceMs: 1_000, bytes: 5e7, bytesMax: 268_435_456, share: 1 / 64, spansRecorded: 12_345, spansSkipped: 0, problem: "" };
const said = (over: Partial<typeof figures> = {}) =>
  Object.fromEntries(recordingFacts({ ...figures, ...over }, 3 * 3_600_000 + 1_000).map(({ name, text }) => [name, text]));

describe("what is said of a recording", () => {
  it("is since when, how much of the bound, and which share", () => {
    expect(said()).toEqual({
      "Reaches back to": expect.stringMatching(/, for 3 h$/),
      "On disk": "50 MB of 268 MB",
      "Share now": "1 in 64 traces (1.6%)",
      Recorded: "12,345 spans since it started",
    });
  });

  it("is nothing yet at first, and all, none or hardly any of the traces", () => {
    expect(said({ sinceMs: 0 })["Reaches back to"]).toBe("nothing is recorded yet");
    expect([1, 0, 1 / 1024, 2 ** -20].map((share) => said({ share })["Share now"])).toEqual([
      "all traces",
      "none",
      "1 in 1,024 traces (0.1%)",
      "1 in 1,048,576 traces (<0.01%)",
    ]);
  });

  it("names what should have been recorded and was not", () => {
    expect(said({ spansSkipped: 7_000 }).Recorded).toBe("12,345 spans since it started · 7,000 skipped");
  });
});
