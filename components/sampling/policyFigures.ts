import type { CollectorRow } from "#domain/telemetry/live.ts";

type Row = Pick<CollectorRow, "runningRevision" | "state" | "receivedPerS" | "keptPerS" | "costMicroUsdPerHour">;
type Sums = { collectors: number; silent: number; received: number; kept: number; cost: number };

/** What is measured of each revision, of the connected collectors that run it. */
export type RevisionSums = ReadonlyMap<number, Sums>;

/** What a policy keeps and costs at this moment. `why`: what is missing, where a figure is null. */
export type PolicyFigures = { collectors: number; keptShare: number | null; costMicroUsdPerHour: number | null; why: string | null };

/** Adds up each collector once, however many policies then ask. */
export function sumsByRevision(rows: readonly Row[]): RevisionSums {
  const sums = new Map<number, Sums>();
  for (const { runningRevision, state, receivedPerS, keptPerS, costMicroUsdPerHour } of rows) {
    if (state === "offline" || runningRevision === null) continue;
    const sum = sums.get(runningRevision) ?? { collectors: 0, silent: 0, received: 0, kept: 0, cost: 0 };
    sums.set(runningRevision, sum);
    sum.collectors++;
    if (receivedPerS === null || keptPerS === null || costMicroUsdPerHour === null) sum.silent++;
    else {
      sum.received += receivedPerS;
      sum.kept += keptPerS;
      sum.cost += costMicroUsdPerHour;
    }
  }
  return sums;
}

/**
 * Of the collectors that run one of `revisions`. A sum that leaves out a collector would be too small, so as long as one does not report there is none; of
 * nothing that comes in there is no share.
 */
export function policyFigures(sums: RevisionSums, revisions: readonly number[]): PolicyFigures {
  let [collectors, silent, received, kept, cost] = [0, 0, 0, 0, 0];
  for (const revision of new Set(revisions)) {
    const sum = sums.get(revision);
    if (!sum) continue;
    collectors += sum.collectors;
    silent += sum.silent;
    received += sum.received;
    kept += sum.kept;
    cost += sum.cost;
  }
  if (collectors === 0) return { collectors, keptShare: null, costMicroUsdPerHour: null, why: "no connected collector runs it" };
  if (silent > 0)
    return { collectors, keptShare: null, costMicroUsdPerHour: null, why: `${silent} of ${collectors} collectors that run it did not report lately` };
  return {
    collectors,
    keptShare: received > 0 ? Math.min(1, kept / received) : null,
    costMicroUsdPerHour: cost,
    why: received > 0 ? null : "nothing comes in",
  };
}
