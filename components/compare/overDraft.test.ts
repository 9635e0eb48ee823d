import { describe, expect, it } from "vitest";
import { OVER_DEFAULT, overOf, problemOfHours } from "./overDraft.ts";

describe("what a policy shall be tried on", () => {
  const recording = (hours: string) => ({ ...OVER_DEFAULT, over: "recording" as const, hours });

  it("is live traffic for some minutes, or the last hours", () => {
    expect(overOf(OVER_DEFAULT)).toEqual({ kind: "live", minutes: 10 });
    expect(overOf(recording(" 48 "))).toEqual({ kind: "recording", hours: 48 });
  });

  it.each(["", "0", "169", "1.5", "-1", "1e2", "six"])("refuses %o as hours, and says what is allowed", (hours) => {
    expect(overOf(recording(hours))).toBeNull();
    expect(problemOfHours(recording(hours))).toBe("Whole hours, 1 to 168.");
    expect(problemOfHours({ ...recording(hours), over: "live" })).toBeNull();
  });
});
