import { describe, expect, it } from "vitest";
import { FREEZE_WINDOWS_MAX, freezeAt, freezeWindowsSchema } from "./freezeWindows.ts";
import type { FreezeWindow } from "./rolloutView.ts";

const at = (text: string) => Date.parse(text);
const weekend: FreezeWindow = { kind: "weekly", name: "weekend", days: [5], fromMinute: 18 * 60, toMinute: 6 * 60, timeZone: "Europe/Berlin" };
const sales: FreezeWindow = { kind: "dated", name: "sales", fromMs: at("2026-11-27T00:00:00Z"), toMs: at("2026-12-01T00:00:00Z") };

describe("freeze windows", () => {
  it("begin and end by the clock of their time zone, also after midnight", () => {
    expect(freezeAt([weekend], at("2026-01-09T16:59:59Z"))).toBeNull();
    expect(freezeAt([weekend], at("2026-01-09T17:00:00Z"))).toEqual({ name: "weekend", untilMs: at("2026-01-10T05:00:00Z") });
    expect(freezeAt([weekend], at("2026-01-10T04:59:30Z"))).toEqual({ name: "weekend", untilMs: at("2026-01-10T05:00:00Z") });
    expect(freezeAt([weekend], at("2026-01-10T05:00:00Z"))).toBeNull();
    // In summer an hour earlier, by a clock that knows no summer.
    expect(freezeAt([weekend], at("2026-07-10T16:00:00Z"))).not.toBeNull();
  });

  it("last a whole day when they end at the time at which they begin, and of several that are on the last to end counts", () => {
    const allDay: FreezeWindow = { ...weekend, fromMinute: 0, toMinute: 0, timeZone: "UTC" };
    expect(freezeAt([allDay], at("2026-01-09T23:59:00Z"))?.untilMs).toBe(at("2026-01-10T00:00:00Z"));
    expect(freezeAt([weekend, sales], at("2026-11-27T20:00:00Z"))).toEqual({ name: "sales", untilMs: sales.kind === "dated" ? sales.toMs : 0 });
    expect(freezeAt([sales], at("2026-12-01T00:00:00Z"))).toBeNull();
  });

  it("are refused with the place of what is wrong with them, and so are too many", () => {
    const problem = (window: object) => freezeWindowsSchema.safeParse([window]).error?.issues[0];
    expect(problem({ ...weekend, timeZone: "Mars/Olympus" })).toMatchObject({ path: [0, "timeZone"] });
    expect(problem({ ...weekend, days: [] })).toMatchObject({ path: [0, "days"] });
    expect(problem({ ...sales, toMs: 1 })).toMatchObject({ path: [0, "toMs"] });
    expect(freezeWindowsSchema.safeParse(Array(FREEZE_WINDOWS_MAX + 1).fill(sales)).success).toBe(false);
  });
});
