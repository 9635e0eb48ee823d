import { describe, expect, it } from "vitest";
import { RecordingPace } from "./recordingPace.ts";

/** Sends so many spans a second in requests of `size`; what is recorded of them, by second. */
function run(
  pace: RecordingPace,
  { spansPerSecond, size, seconds, from = 0 }: { spansPerSecond: number; size: number; seconds: number; from?: number },
): number[] {
  const requests = Math.max(1, Math.round(spansPerSecond / size));
  return Array.from({ length: seconds }, (_, second) => {
    let recorded = 0;
    let owed = 0;
    for (let request = 0; request < requests; request++) {
      owed += size * pace.share;
      const spans = Math.floor(owed);
      owed -= spans;
      recorded += spans;
      pace.recorded(spans, (from + second + request / requests) * 1000);
    }
    return recorded;
  });
}

describe("RecordingPace", () => {
  it("comes down within a second or so to what may be recorded, however much comes", () => {
    for (const spansPerSecond of [2_000, 50_000, 500_000, 5_000_000]) {
      const pace = new RecordingPace(500, 0);
      const recorded = run(pace, { spansPerSecond, size: 512, seconds: 60 });
      const settled = recorded.slice(20);
      expect(settled.reduce((sum, one) => sum + one, 0) / settled.length).toBeLessThanOrEqual(525);
      expect(settled.reduce((sum, one) => sum + one, 0) / settled.length).toBeGreaterThan(100);
      expect(recorded.reduce((sum, one) => sum + one, 0)).toBeLessThan(500 * 60 + 500 * 50);
    }
  });

  it("lets a short burst through", () => {
    const pace = new RecordingPace(500, 0);
    run(pace, { spansPerSecond: 100, size: 10, seconds: 60 });
    run(pace, { spansPerSecond: 4_000, size: 512, seconds: 1, from: 60 });
    expect(pace.share).toBe(1);
    run(pace, { spansPerSecond: 4_000, size: 512, seconds: 2, from: 61 });
    expect(pace.share).toBeLessThan(1);
  });

  it("goes up a step a minute once less comes, and only where twice as much still fits", () => {
    const pace = new RecordingPace(500, 0);
    run(pace, { spansPerSecond: 50_000, size: 512, seconds: 30 });
    const low = pace.share;
    expect(low).toBeLessThanOrEqual(1 / 64);
    run(pace, { spansPerSecond: 50_000, size: 512, seconds: 600, from: 30 });
    expect(pace.share).toBe(1 / 128);
    run(pace, { spansPerSecond: 300, size: 100, seconds: 180, from: 630 });
    expect(pace.share).toBeLessThanOrEqual(1 / 16);
    run(pace, { spansPerSecond: 300, size: 100, seconds: 600, from: 810 });
    expect(pace.share).toBe(1);
  });

  it("takes another bound at once, and has an end", () => {
    const pace = new RecordingPace(1_000_000, 0);
    run(pace, { spansPerSecond: 100_000, size: 512, seconds: 5 });
    expect(pace.share).toBe(1);
    pace.spansPerSecondMax = 100;
    run(pace, { spansPerSecond: 100_000, size: 512, seconds: 5, from: 5 });
    expect(pace.share).toBeLessThanOrEqual(1 / 512);
    pace.recorded(1e15, 20_000);
    expect(pace.share).toBe(2 ** -30);
  });
});
