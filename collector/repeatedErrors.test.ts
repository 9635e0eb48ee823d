import { describe, expect, it } from "vitest";
import { ManualClock } from "./manualClock.ts";
import { RepeatedErrors } from "./repeatedErrors.ts";

describe("RepeatedErrors", () => {
  it("logs the first at once, then at most one line in ten seconds with how many there were", async () => {
    const clock = new ManualClock();
    const lines: string[] = [];
    const errors = new RepeatedErrors(clock, (kind, { message, count }) => lines.push(`${kind}: ${message} × ${count}`));
    for (let i = 0; i < 1000; i++) errors.report("export", `try ${i}`, 1);
    expect(lines).toEqual(["export: try 0 × 1"]);
    await clock.advance(10_000);
    errors.flush();
    errors.flush();
    expect(lines).toEqual(["export: try 0 × 1", "export: try 999 × 999"]);
  });

  it("knows a bounded number of kinds", () => {
    let lines = 0;
    const errors = new RepeatedErrors(new ManualClock(), () => lines++);
    for (let i = 0; i < 1000; i++) errors.report(`kind ${i}`, "", 1);
    expect(lines).toBe(64);
  });
});
