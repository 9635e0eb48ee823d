import { formatRatio } from "../sampling/formatRatio.ts";
import type { Finding } from "../validation/finding.ts";
import type { Vote } from "./votes.ts";

/** What policies do to each other because they are OR-ed, said once for each kind. */
export function findCrossings(votes: readonly Vote[]): Crossing[] {
  const sampling = votes.filter((vote) => !vote.drop && vote.budget === undefined);
  const everything = sampling.find((vote) => vote.condition.kind === "always" && vote.ratio === 1);
  if (everything !== undefined && votes.length > 1) {
    const message = `"${everything.name}" samples everything, and policies are OR-ed: no other policy but a drop changes what is kept`;
    return [{ severity: "warning", message, mend: "Remove it, or make it the default of a policy as meant." }];
  }
  return [...ratesBesideShares(votes, sampling), ...nestedShares(sampling)];
}

type Crossing = Pick<Finding, "severity" | "message" | "mend">;

/** What is above a rate is not lost there while a share samples it too; here its tier alone decides. */
function ratesBesideShares(votes: readonly Vote[], sampling: readonly Vote[]): Crossing[] {
  const shares = sampling.filter((vote) => vote.ratio > 0 && vote.ratio < 1);
  return votes.flatMap((vote) => {
    if (vote.budget === undefined || shares.length === 0) return [];
    const names = shares.map(({ name, ratio }) => `"${name}" (${formatRatio(ratio)})`).join(" and ");
    const message = `what "${vote.name}" matches above its rate is still sampled by ${names} where they match it; here its budget alone decides`;
    return [{ severity: "warning" as const, message }];
  });
}

function nestedShares(sampling: readonly Vote[]): Crossing[] {
  const rest = sampling.find((vote) => vote.condition.kind === "always" && vote.ratio < 1 && vote.ratio > 0);
  const parts = rest === undefined ? [] : sampling.filter((vote) => vote !== rest && vote.ratio < 1 && vote.ratio > 0);
  return parts.map((vote) => {
    const base = rest?.ratio ?? 0;
    const both = vote.salt === rest?.salt ? Math.max(vote.ratio, base) : 1 - (1 - vote.ratio) * (1 - base);
    const how = vote.salt === rest?.salt ? "the same salt, so that their draws are nested" : "different salts, so that their draws are independent";
    return {
      severity: both === vote.ratio ? ("info" as const) : ("warning" as const),
      message: `"${vote.name}" (${formatRatio(vote.ratio)}) and "${rest?.name}" (${formatRatio(base)}) are OR-ed with ${how}: ${formatRatio(both)} of what the first matches is kept`,
    };
  });
}
