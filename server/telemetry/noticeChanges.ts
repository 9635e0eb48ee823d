import { type DeliveryChange, isLogInTrouble } from "#domain/telemetry/delivery.ts";
import type { DestinationFigures, Measurement } from "#domain/telemetry/measurement.ts";

/** A change of one collector, before it is said whose it is. */
export type OwnChange = WithoutCollector<DeliveryChange>;
type WithoutCollector<Change> = Change extends unknown ? Omit<Change, "collectorId" | "collectorName"> : never;

/**
 * What became different between two measurements of one collector, by its own clock, oldest first. `before` is null when nothing was heard of
 * this process; with `fresh` it has only just started, so that everything it says besides "well" is a change.
 */
export function noticeChanges(now: Measurement, before: Measurement | null, fresh: boolean): OwnChange[] {
  const same = before !== null && before.processStartMs === now.processStartMs ? before : null;
  const changes: OwnChange[] = [];
  for (const destination of now.destinations) {
    const { name } = destination;
    const known = same?.destinations.find((one) => one.name === name) ?? null;
    const ended = same ? null : (before?.destinations.find((one) => one.name === name) ?? null);
    changes.push(...breakerChanges(destination, known, { now, same, ended }), ...logChanges(destination, known, now, same !== null || fresh));
  }
  const memory = same?.memory.state ?? (fresh ? "ok" : now.memory.state);
  if (now.memory.state !== memory) changes.push({ kind: "memory", atMs: now.atMs, destination: "", reason: "", state: now.memory.state });
  // A clock that was set in between must not put a change outside of the time in which it was noticed.
  const within = (atMs: number) => Math.min(now.atMs, Math.max(same?.atMs ?? 0, atMs));
  return changes.map((change) => ({ ...change, atMs: within(change.atMs) })).sort((a, b) => a.atMs - b.atMs);
}

type Around = { now: Measurement; same: Measurement | null /** The same destination at the end of the process before. */; ended: DestinationFigures | null };

function breakerChanges(destination: DestinationFigures, known: DestinationFigures | null, { now, same, ended }: Around): OwnChange[] {
  const { name, breaker, breakerSinceMs, lastFailure, lastFailureMs } = destination;
  const change = (state: DestinationFigures["breaker"], atMs: number, times = 1, reason = state === "closed" ? "" : lastFailure): OwnChange => ({
    kind: "breaker",
    destination: name,
    state,
    atMs,
    times,
    reason,
  });
  if (known === null) {
    if (breaker !== "closed") return [change(breaker, breakerSinceMs, Math.max(1, same ? destination.breakerOpened : 1))];
    if (ended !== null && ended.breaker !== "closed") return [change("closed", now.processStartMs, 1, "the collector was started anew")];
    return [];
  }
  const openings = Math.max(0, destination.breakerOpened - known.breakerOpened);
  const moved = breaker !== known.breaker || breakerSinceMs !== known.breakerSinceMs;
  if (breaker === "open") return moved || openings > 0 ? [change("open", breakerSinceMs, Math.max(1, openings))] : [];
  const changes: OwnChange[] = [];
  // It opened and has left that state again in between. A failure is what opens it; where its time can't be so, the bounds are what is known.
  if (openings > 0) changes.push(change("open", Math.min(breakerSinceMs, Math.max(same?.atMs ?? now.processStartMs, lastFailureMs)), openings));
  if (breaker !== known.breaker || openings > 0) changes.push(change(breaker, breakerSinceMs));
  return changes;
}

function logChanges({ name, wal, walProblem }: DestinationFigures, known: DestinationFigures | null, now: Measurement, watched: boolean): OwnChange[] {
  const changed = known === null ? watched && isLogInTrouble(wal) : known.wal !== wal;
  return changed ? [{ kind: "wal", destination: name, atMs: now.atMs, state: wal, reason: wal === "ok" ? "" : walProblem }] : [];
}
