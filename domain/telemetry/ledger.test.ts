import { describe, expect, it } from "vitest";
import { checkLedger } from "./ledger.ts";

const balanced = { received: 100, sampledOut: 60, waiting: 1, queued: 9, delivered: 28, dropped: 2 };

describe("ledger", () => {
  it("balances when every received span is somewhere", () => {
    expect(checkLedger(balanced)).toEqual({ balanced: true, unaccounted: 0 });
  });

  it("says how many spans are missing, or were counted twice", () => {
    expect(checkLedger({ ...balanced, delivered: 27 })).toEqual({ balanced: false, unaccounted: 1 });
    expect(checkLedger({ ...balanced, dropped: 5 })).toEqual({ balanced: false, unaccounted: -3 });
  });
});
