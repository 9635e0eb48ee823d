import type { DeliveryChange } from "#domain/telemetry/delivery.ts";

/** A change, and the probes that failed after it while the breaker was not closed: they are its continuation, and would drown everything else. */
export type FoldedChange = { change: DeliveryChange; failedProbes: number; lastProbeMs: number | null };

/** Oldest first. Of a breaker only the way out of and back into the closed state stands for itself, and a probe that is under way now. */
export function foldProbes(changes: readonly DeliveryChange[]): FoldedChange[] {
  const folded: FoldedChange[] = [];
  const away = new Map<string, FoldedChange>();
  for (const [index, change] of changes.entries()) {
    const breaker = `${change.collectorId} ${change.destination}`;
    const since = change.kind === "breaker" ? away.get(breaker) : undefined;
    if (change.kind === "breaker" && since !== undefined && change.state !== "closed") {
      if (change.state === "open") {
        since.failedProbes += change.times;
        since.lastProbeMs = change.atMs;
      } else if (!changes.slice(index + 1).some((later) => isOf(breaker, later))) folded.push({ change, failedProbes: 0, lastProbeMs: null });
      continue;
    }
    const item = { change, failedProbes: 0, lastProbeMs: null };
    folded.push(item);
    if (change.kind !== "breaker") continue;
    if (change.state === "closed") away.delete(breaker);
    else away.set(breaker, item);
  }
  return folded;
}

function isOf(breaker: string, change: DeliveryChange): boolean {
  return change.kind === "breaker" && `${change.collectorId} ${change.destination}` === breaker;
}
