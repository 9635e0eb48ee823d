import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkLedger } from "#domain/telemetry/ledger.ts";
import { type CountedRequest, Ledger, OTHER_TIERS, TIER_NAMES_MAX } from "./ledger.ts";

function request(kept: number, out: number): CountedRequest {
  const one = (value: number) => Float64Array.of(value);
  return {
    spans: kept + out,
    kept,
    bytesKept: kept * 10,
    tierKept: one(kept),
    tierSampledOut: one(out),
    tierBytesKept: one(kept * 10),
    tierBytesSampledOut: one(out * 10),
  };
}

describe("Ledger", () => {
  it("balances after every step, and its tiers add up to it", () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("accept" as const), kept: fc.nat(100), out: fc.nat(100) }),
      fc.record({ kind: fc.constantFrom("deliver" as const, "drop" as const, "refuse" as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        const ledger = new Ledger();
        const tiers = ledger.tiersOf(["default"]);
        for (const one of steps) {
          if (one.kind === "accept") ledger.accept(request(one.kept, one.out), tiers, false);
          else if (one.kind === "deliver") ledger.deliver(Math.floor(ledger.queued * one.share), 1);
          else if (one.kind === "drop") ledger.drop("retry_exhausted", Math.floor(ledger.queued * one.share));
          else ledger.refuse("queue_full", 5);
          expect(checkLedger(ledger)).toEqual({ balanced: true, unaccounted: 0 });
          expect(tiers[0].kept).toBe(ledger.kept);
          expect(tiers[0].sampledOut).toBe(ledger.sampledOut);
        }
      }),
    );
  });

  it("counts a tier on under the same name when a new policy has it too", () => {
    const ledger = new Ledger();
    ledger.accept(request(1, 2), ledger.tiersOf(["errors"]), true);
    ledger.accept(request(10, 20), ledger.tiersOf(["errors"]), false);
    expect(ledger.tiers.get("errors")).toMatchObject({ kept: 11, sampledOut: 22 });
    expect(ledger.sampleReceived).toBe(3);
  });

  it("folds tier names beyond its bound into one, and loses no span by it", () => {
    const ledger = new Ledger();
    for (let i = 0; i < TIER_NAMES_MAX + 50; i++) ledger.accept(request(1, 1), ledger.tiersOf([`tier ${i}`]), false);
    expect(ledger.tiers.size).toBe(TIER_NAMES_MAX + 1);
    expect(ledger.tiers.get(OTHER_TIERS)).toMatchObject({ kept: 50, sampledOut: 50 });
    expect([...ledger.tiers.values()].reduce((sum, tier) => sum + tier.kept + tier.sampledOut, 0)).toBe(ledger.received);
  });
});
