import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { framedSize } from "../otlp/frameSpans.ts";
import { narrowKept } from "../otlp/narrowKept.ts";
import { compilePolicy } from "./compilePolicy.ts";
import { createSpanSampler } from "./spanSampler.ts";
import { encodeRequest, policies, requests, seededRandom } from "./wireTestData.ts";

const runs = Number(process.env.PROPERTY_RUNS ?? 200);

describe("narrowKept", () => {
  it(
    "leaves exactly what would have gone out had the other tiers kept nothing, byte for byte, and can be turned back",
    () => {
      const whole = createSpanSampler();
      const part = createSpanSampler();
      fc.assert(
        fc.property(requests, policies, fc.integer(), fc.integer(), (request, policy, seed, chosen) => {
          const bytes = encodeRequest(request, seededRandom(seed));
          const compiled = compilePolicy(policy);
          if (whole.sample(bytes, 0, bytes.length, compiled) < 0) return;
          const { table } = whole;
          const verdict = table.verdict.slice(0, table.spans);
          const before = Buffer.alloc(whole.framedSizeMax());
          whole.frame(before, 0);
          const mask = Uint8Array.from({ length: 64 }, (_, tier) => (chosen >> (tier % 31)) & 1);
          const tiers = policy.tiers.map((tier, index) => (mask[index] === 1 ? tier : { ...tier, keep: { kind: "ratio" as const, ratio: 0 } }));
          part.sample(bytes, 0, bytes.length, compilePolicy({ ...policy, tiers }));
          const expected = Buffer.alloc(part.framedSizeMax());
          part.frame(expected, 0);

          const kept = narrowKept(bytes, table, compiled.matcher, verdict, mask);
          const out = Buffer.alloc(framedSize(table) + 4, 0xee);
          const end = whole.frame(out, 0);
          expect(end).toBe(out.length - 4);
          expect(kept).toBe(part.result.kept);
          expect(out.subarray(0, end).equals(expected)).toBe(true);

          narrowKept(bytes, table, compiled.matcher, verdict, new Uint8Array(64).fill(1));
          const again = Buffer.alloc(framedSize(table));
          whole.frame(again, 0);
          expect(again.equals(before)).toBe(true);
        }),
        { numRuns: runs, endOnFailure: true },
      );
    },
    20_000 + runs * 20,
  );
});
