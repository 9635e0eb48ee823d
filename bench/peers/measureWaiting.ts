import { setTimeout as pause } from "node:timers/promises";
import { askGenerator, withPeer } from "./measurePeer.ts";
import { memoryOf } from "./processFigures.ts";
import type { Peer } from "./works.ts";

const WAITING_SPANS = 500_000;
const SPANS_PER_SECOND = 25_000;
const SETTLE_MS = 3000;

/** Resident bytes for each of half a million spans that wait for a decision: what the process grew by since it was idle. */
export function measureWaiting(peer: Peer, load: { connections: number; inFlight: number }): Promise<number> {
  const setting = { work: "trace", protocol: "grpc", wal: true, engine: undefined, waitMs: 120_000, tracesMax: 100_000, spansMax: 2 * WAITING_SPANS } as const;
  return withPeer(peer, setting, load, async ({ pid, load: generator, idleRssBytes }) => {
    const { acknowledged } = await askGenerator(generator, { seconds: WAITING_SPANS / SPANS_PER_SECOND, spansPerSecond: SPANS_PER_SECOND });
    await pause(SETTLE_MS);
    return (memoryOf(pid).rssBytes - idleRssBytes) / acknowledged;
  });
}
