import { asPolicy } from "../draft/asPolicy.ts";
import type { DraftPolicy } from "../draft/draftPolicy.ts";
import type { ProblemsByPath } from "../draft/problemPlaces.ts";
import type { Bounds } from "../wait/waitNeed.ts";

const NEEDED = ["decisionWaitMs", "tracesMax", "spansMax", "bytesMax"] as const;

/** The wait and the bounds that the draft asks for, with the defaults of what is empty; null while one of them is wrong. */
export function wantedWait(draft: DraftPolicy, problems: ProblemsByPath): (Bounds & { waitMs: number }) | null {
  const policy = asPolicy(draft);
  if (policy.scope !== "trace" || NEEDED.some((path) => problems.has(path))) return null;
  const { decisionWaitMs: waitMs, tracesMax, spansMax, bytesMax } = policy;
  return { waitMs, tracesMax, spansMax, bytesMax };
}
