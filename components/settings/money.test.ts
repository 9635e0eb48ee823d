import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exactUsd, parseMicroUsd } from "./money.ts";

describe("amounts of money", () => {
  it("are read to the millionth without a float", () => {
    expect(parseMicroUsd("0.50")).toEqual({ ok: true, microUsd: 500_000 });
    expect(parseMicroUsd("$0.1632")).toEqual({ ok: true, microUsd: 163_200 });
    expect(parseMicroUsd("0.000001")).toEqual({ ok: true, microUsd: 1 });
    expect(parseMicroUsd("4.35")).toEqual({ ok: true, microUsd: 4_350_000 });
    expect(parseMicroUsd("1,000,000")).toEqual({ ok: true, microUsd: 1_000_000_000_000 });
    expect(parseMicroUsd("1.1234560")).toEqual({ ok: true, microUsd: 1_123_456 });
  });

  it("are refused, not rounded, below a millionth", () => {
    expect(parseMicroUsd("0.0000001")).toEqual({ ok: false, message: "must have at most 6 decimals (a millionth of a dollar)" });
  });

  it("say what was typed when it is no amount", () => {
    for (const text of ["", "abc", "-1", "1e3", ".", "1.2.3"]) expect(parseMicroUsd(text).ok).toBe(false);
    expect(parseMicroUsd("-1")).toEqual({ ok: false, message: 'must be an amount in dollars such as 0.50, got "-1"' });
  });

  it("come back as they were written", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), (microUsd) => {
        expect(parseMicroUsd(exactUsd(microUsd))).toEqual({ ok: true, microUsd });
      }),
    );
    expect(exactUsd(500_000)).toBe("0.50");
    expect(exactUsd(163_200)).toBe("0.1632");
    expect(exactUsd(0)).toBe("0.00");
  });
});
