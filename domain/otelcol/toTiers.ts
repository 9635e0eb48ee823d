import type { Condition } from "../sampling/condition.ts";
import { TIER_NAME_MAX, TIERS_MAX, type Tier } from "../sampling/samplingPolicy.ts";
import { ALWAYS, allOf, anyOf, type Vote } from "./votes.ts";

/**
 * First-match tiers that keep what an OR of votes keeps. Within one salt the highest share of those that match counts; of different salts at least one of
 * independent draws has to fall within: 1 - ∏(1 - ratio). Undefined when that takes more tiers than a policy has.
 */
export function tiersAsItRuns(votes: readonly Vote[]): Tier[] | undefined {
  const drops = votes.filter((vote) => vote.drop).map((vote): Draft => ({ name: vote.name, condition: vote.condition, ratio: 0 }));
  const plain = votes.filter((vote) => !vote.drop && vote.budget === undefined && vote.ratio > 0);
  const whole = plain.filter((vote) => vote.ratio === 1).map((vote): Draft => ({ name: vote.name, condition: vote.condition, ratio: 1 }));
  const budgets = budgetDrafts(votes);
  const shares = shareDrafts(plain.filter((vote) => vote.ratio < 1));
  if (shares === undefined) return undefined;
  return finish([...drops, ...whole, ...budgets, ...shares]);
}

/** The same votes read from the top, as first-match tiers: what they look like. */
export function tiersAsMeant(votes: readonly Vote[]): Tier[] {
  const ordered = [...votes.filter((vote) => vote.drop), ...votes.filter((vote) => !vote.drop)];
  const drafts = ordered.map((vote): Draft => ({ name: vote.name, condition: vote.condition, ratio: vote.drop ? 0 : vote.ratio, budget: vote.budget }));
  // What matches everything is the default, wherever it stands.
  return finish([...drafts.filter((draft) => draft.condition.kind !== "always"), ...drafts.filter((draft) => draft.condition.kind === "always")]);
}

type Draft = { name: string; condition: Condition; ratio: number; budget?: number };

function budgetDrafts(votes: readonly Vote[]): Draft[] {
  return votes.flatMap((vote) =>
    vote.budget === undefined || vote.drop
      ? []
      : [{ name: vote.name, condition: vote.condition, ratio: vote.budget > 0 ? 1 : 0, budget: vote.budget || undefined }],
  );
}

function shareDrafts(votes: readonly Vote[]): Draft[] | undefined {
  let combined: Draft[] = [];
  for (const salt of new Set(votes.map((vote) => vote.salt))) {
    const levels = levelsOf(votes.filter((vote) => vote.salt === salt));
    const both = combined.flatMap((one) =>
      levels.map((level) => ({
        name: `${one.name} or ${level.name}`,
        condition: allOf([one.condition, level.condition]),
        ratio: 1 - (1 - one.ratio) * (1 - level.ratio),
      })),
    );
    combined = [...combined, ...levels, ...both];
    if (combined.length > TIERS_MAX) return undefined;
  }
  return combined.sort((a, b) => b.ratio - a.ratio);
}

/** Votes of one salt, the highest share first; those of the same share together. */
function levelsOf(votes: readonly Vote[]): Draft[] {
  return [...new Set(votes.map((vote) => vote.ratio))].map((ratio) => {
    const same = votes.filter((vote) => vote.ratio === ratio);
    return { name: same.map((vote) => vote.name).join(" or "), condition: anyOf(same.map((vote) => vote.condition)), ratio };
  });
}

/** Up to the first that matches everything; without one, what no policy samples is not kept. */
function finish(drafts: readonly Draft[]): Tier[] {
  const end = drafts.findIndex((draft) => draft.condition.kind === "always");
  const used = end === -1 ? [...drafts, { name: "not sampled by any policy", condition: ALWAYS, ratio: 0 }] : drafts.slice(0, end + 1);
  const names = new Set<string>();
  return used.map(({ name, condition, ratio, budget }) => ({
    name: uniqueName(name.trim() || "policy", names),
    condition,
    keep: budget === undefined ? { kind: "ratio", ratio } : { kind: "budget", spansPerSecond: budget },
  }));
}

function uniqueName(wanted: string, names: Set<string>): string {
  const base = wanted.slice(0, TIER_NAME_MAX).trim();
  let name = base;
  for (let number = 2; names.has(name); number++) name = `${base.slice(0, TIER_NAME_MAX - 6).trim()} (${number})`;
  names.add(name);
  return name;
}
