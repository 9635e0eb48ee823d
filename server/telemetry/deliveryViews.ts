import { type DestinationView, isLogInTrouble, type LogTrouble, type OpenBreaker, type RowDelivery } from "#domain/telemetry/delivery.ts";
import type { DestinationFigures, Measurement } from "#domain/telemetry/measurement.ts";

/** Destinations as a page shows them: times by our clock, and how long each log lasts at the rate of the last seconds. */
export function destinationViews(
  now: Measurement,
  base: Measurement | null,
  seconds: number,
  { skewMs, notClosedSinceMs }: { skewMs: number; notClosedSinceMs: ReadonlyMap<string, number> },
): DestinationView[] {
  return now.destinations.map((destination) => ({
    ...destination,
    breakerSinceMs: destination.breakerSinceMs + skewMs,
    lastFailureMs: destination.lastFailureMs > 0 ? destination.lastFailureMs + skewMs : 0,
    notClosedSinceMs: destination.breaker === "closed" ? null : (notClosedSinceMs.get(destination.name) ?? destination.breakerSinceMs + skewMs),
    logFullInMs: logFullInMs(destination, base?.destinations.find(({ name }) => name === destination.name) ?? null, seconds),
  }));
}

function logFullInMs({ wal, walBytes, walBytesMax }: DestinationFigures, base: DestinationFigures | null, seconds: number): number | null {
  if (wal === "off" || base === null || walBytesMax <= 0) return null;
  const bytesPerS = (walBytes - base.walBytes) / seconds;
  return bytesPerS <= 0 ? null : (Math.max(0, walBytesMax - walBytes) / bytesPerS) * 1_000;
}

/** Only what is not as it should be: a row is sent each second for each collector. */
export function rowDelivery(destinations: readonly DestinationView[], memory: Measurement["memory"]): RowDelivery {
  const breakers = destinations.flatMap((destination): OpenBreaker[] => {
    const { name, breaker, notClosedSinceMs, lastFailure, queuedSpans, wal, walBytes, walBytesMax, logFullInMs } = destination;
    if (breaker === "closed" || notClosedSinceMs === null) return [];
    const log = wal === "off" ? null : { bytes: walBytes, bytesMax: walBytesMax, fullInMs: logFullInMs };
    return [{ destination: name, state: breaker, sinceMs: notClosedSinceMs, lastFailure, queuedSpans, log }];
  });
  const logs = destinations.flatMap(({ name, wal, walProblem }): LogTrouble[] =>
    isLogInTrouble(wal) ? [{ destination: name, state: wal, problem: walProblem }] : [],
  );
  return { breakers: breakers.sort((a, b) => a.sinceMs - b.sinceMs), logs, memory: memory.state };
}
