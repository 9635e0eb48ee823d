import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ManualClock } from "../manualClock.ts";
import { RetryBudget } from "./retryBudget.ts";

describe("RetryBudget", () => {
  it("allows a tenth of the first tries, and the floor beyond", () => {
    const budget = new RetryBudget({ budgetRatio: 0.1, budgetFloorPerSecond: 0.2 }, new ManualClock());
    for (let i = 0; i < 100; i++) budget.first();
    let taken = 0;
    while (budget.take()) taken++;
    expect(taken).toBe(12);
  });

  it("forgets after ten seconds", async () => {
    const clock = new ManualClock();
    const budget = new RetryBudget({ budgetRatio: 0.1, budgetFloorPerSecond: 0.01 }, clock);
    for (let i = 0; i < 20; i++) budget.first();
    expect([budget.take(), budget.take(), budget.take()]).toEqual([true, true, false]);
    expect(budget.waitMs).toBe(1000);
    await clock.advance(9999);
    expect(budget.take()).toBe(false);
    await clock.advance(1);
    for (let i = 0; i < 10; i++) budget.first();
    expect([budget.take(), budget.take()]).toEqual([true, false]);
  });

  it("holds its law over every window of ten seconds", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ afterMs: fc.nat(1500), firsts: fc.nat(40), asked: fc.nat(40) }), { maxLength: 40 }), async (steps) => {
        const clock = new ManualClock();
        const budget = new RetryBudget({ budgetRatio: 0.1, budgetFloorPerSecond: 1 }, clock);
        const firsts: { at: number; count: number }[] = [];
        const retries: { at: number; count: number }[] = [];
        for (const { afterMs, firsts: first, asked } of steps) {
          await clock.advance(afterMs);
          for (let i = 0; i < first; i++) budget.first();
          let count = 0;
          for (let i = 0; i < asked; i++) if (budget.take()) count++;
          firsts.push({ at: clock.now(), count: first });
          retries.push({ at: clock.now(), count });
          // Slots are whole seconds: nine seconds back is certainly still known.
          const within = (all: typeof firsts, ms: number) => all.filter(({ at }) => at > clock.now() - ms).reduce((sum, one) => sum + one.count, 0);
          expect(within(retries, 9000)).toBeLessThanOrEqual(0.1 * within(firsts, 10_000) + 10);
        }
      }),
      { numRuns: 200, endOnFailure: true },
    );
  });
});
