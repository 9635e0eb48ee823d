import type { WatchedSample } from "#tests/faults/collectorProcess.ts";
import type { ServiceSecond } from "./service.ts";

/** A second of a service is bad when fewer of its requests than this succeed. */
const GOOD_SHARE = 0.99;

/** Of `away`, on performance.now(), as `startedAt`, from which seconds count. */
type Story = { services: readonly { seconds: readonly ServiceSecond[] }[]; startedAt: number; away: readonly { fromMs: number; toMs: number }[] };

export function isBadSecond(second: ServiceSecond | undefined): boolean {
  return second === undefined || second.ok < second.all * GOOD_SHARE;
}

/** Seconds from the failure of the backend until the last second in which a service was bad or the collector was away; null when that was still so at the end. */
export function repairSeconds({ services, startedAt, away }: Story, failedS: number, endS: number): number | null {
  const wasAway = (second: number) => away.some(({ fromMs, toMs }) => fromMs < startedAt + (second + 1) * 1000 && toMs > startedAt + second * 1000);
  const end = Math.floor(endS);
  let last = failedS;
  for (let second = Math.ceil(failedS); second < end; second++) {
    if (wasAway(second) || services.some(({ seconds }) => isBadSecond(seconds[second]))) last = second + 1;
  }
  return last >= end ? null : last - failedS;
}

/** Seconds from the return of the backend until no more than `normalSpans` were queued for good; null when the load ended first. */
export function backlogSeconds(
  samples: readonly Pick<WatchedSample, "atMs" | "ledger">[],
  returnedUnixMs: number,
  endUnixMs: number,
  normalSpans: number,
): number | null {
  const after = samples.filter(({ atMs }) => atMs >= returnedUnixMs && atMs <= endUnixMs);
  if (after.length === 0) return null;
  const behind = after.filter(({ ledger }) => ledger.queued > normalSpans).at(-1);
  if (behind === undefined) return 0;
  return behind === after.at(-1) ? null : (behind.atMs - returnedUnixMs) / 1000;
}
