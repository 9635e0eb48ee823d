import fc from "fast-check";
import { expect, it } from "vitest";
import { DecisionCache } from "./decisionCache.ts";

type Entry = { id: number; decidedAt: number; kept: boolean; tier: number };

it("agrees with a plain list of the newest decisions, whatever is put in, asked for and resized, as time passes", () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant("put" as const), id: fc.nat({ max: 60 }), kept: fc.boolean(), tier: fc.nat({ max: 300 }) }) },
    { weight: 6, arbitrary: fc.record({ kind: fc.constant("find" as const), id: fc.nat({ max: 60 }) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.nat({ max: 40 }) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("resize" as const), entriesMax: fc.integer({ min: 1, max: 20 }) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      let cache = new DecisionCache({ entriesMax: 10, ttlMs: 100, seed: 3 });
      let model: Entry[] = [];
      let now = 0;
      let evicted = 0;
      const alive = () => {
        model = model.filter((entry) => entry.decidedAt + 100 > now);
      };
      for (const one of steps) {
        // Ids that share three of their words, so that places collide.
        if (one.kind === "put") {
          cache.expire(now);
          alive();
          cache.put(1, 2, 3, one.id, { kept: one.kept, tier: one.tier, thresholdHigh: one.id, thresholdLow: ~one.id, logEntry: one.id, decidedAt: now });
          if (!model.some((entry) => entry.id === one.id)) {
            if (model.length === cache.entriesMax) {
              model.shift();
              evicted++;
            }
            model.push({ id: one.id, decidedAt: now, kept: one.kept, tier: one.tier });
          }
        } else if (one.kind === "find") {
          alive();
          const wanted = model.find((entry) => entry.id === one.id);
          expect(cache.find(1, 2, 3, one.id, now)).toBe(wanted !== undefined);
          if (wanted !== undefined)
            expect(cache.found).toMatchObject({
              kept: wanted.kept,
              tier: wanted.tier,
              thresholdHigh: one.id,
              thresholdLow: ~one.id,
              decidedAt: wanted.decidedAt,
            });
        } else if (one.kind === "wait") now += one.ms;
        else {
          cache.expire(now);
          alive();
          cache = new DecisionCache({ entriesMax: one.entriesMax, ttlMs: 100, seed: 3 }, cache);
          evicted += Math.max(0, model.length - one.entriesMax);
          model = model.slice(-one.entriesMax);
        }
        cache.expire(now);
        alive();
        expect(cache.entries).toBe(model.length);
        expect(cache.evictions).toBe(evicted);
      }
    }),
  );
});
