import { describe, expect, it } from "vitest";
import { EMPTY_FREEZE, freezeWords, readFreeze } from "./freezeDraft.ts";

describe("a freeze window as it is typed", () => {
  it("reads a night of the week", () =>
    expect(readFreeze({ ...EMPTY_FREEZE, name: " Weekend ", days: [7, 5], from: "18:30", to: "06:00" }, "Europe/Berlin")).toEqual({
      window: { kind: "weekly", name: "Weekend", days: [5, 7], fromMinute: 1_110, toMinute: 360, timeZone: "Europe/Berlin" },
    }));

  it("says at each field what is missing", () => {
    expect(readFreeze({ ...EMPTY_FREEZE, days: [], to: "" }, "UTC")).toEqual({
      problems: { name: "Say what it is for; it is shown on every page.", days: "Choose a day.", to: "Give both times." },
    });
    expect(readFreeze({ ...EMPTY_FREEZE, kind: "dated", name: "x", fromDate: "2026-12-24T00:00", toDate: "2026-12-23T00:00" }, "UTC")).toEqual({
      problems: { to: "It must end after it begins." },
    });
    expect(readFreeze({ ...EMPTY_FREEZE, kind: "dated", name: "x" }, "UTC")).toEqual({ problems: { to: "It must end after it begins." } });
  });

  it("is told in words", () => {
    const window = { kind: "weekly" as const, name: "w", days: [6, 7], fromMinute: 0, toMinute: 0, timeZone: "UTC" };
    expect(freezeWords(window, String)).toBe("Sat, Sun from 00:00 for a day (UTC)");
    expect(freezeWords({ ...window, days: [1, 2, 3, 4, 5, 6, 7], fromMinute: 1_320, toMinute: 360 }, String)).toBe("every day 22:00 to 06:00 (UTC)");
  });
});
