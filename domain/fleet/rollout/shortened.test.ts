import { expect, it } from "vitest";
import type { RolloutReason } from "./rollout.ts";
import { countOf, NAMED_MAX, shortReason, shortStep } from "./shortened.ts";

const collectors = Array.from({ length: 5_000 }, (_, index) => `c${index}`);
const away: RolloutReason = { kind: "away", collectors, forSeconds: 20 };

it("names a few collectors, and says how many others there are", () => {
  const short = shortReason(away) as Extract<RolloutReason, { kind: "away" }>;
  expect(short).toMatchObject({ kind: "away", forSeconds: 20, collectors: collectors.slice(0, NAMED_MAX), others: 5_000 - NAMED_MAX });
  expect(countOf(short)).toBe(5_000);
  expect(shortReason({ kind: "away", collectors: ["a"], forSeconds: 20 })).toMatchObject({ collectors: ["a"], others: 0 });
  expect(shortReason(null)).toBeNull();
});

it("does so in every step of the log, so that none is longer than a few hundred characters", () => {
  const steps = [
    { kind: "stageOpened", stage: 0, collectors },
    { kind: "rollingBack", reason: away, collectors },
    { kind: "paused", reason: away },
    { kind: "rolledBack", tookMs: 1, unconfirmed: collectors },
  ] as const;
  for (const step of steps) expect(JSON.stringify(shortStep(step as never)).length).toBeLessThan(400);
  expect(shortStep({ kind: "rolledBack", tookMs: 1, unconfirmed: collectors })).toMatchObject({ others: 5_000 - NAMED_MAX });
});
