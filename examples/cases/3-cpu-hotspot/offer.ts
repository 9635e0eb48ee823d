import { setTimeout as pause } from "node:timers/promises";
import { ExponentialHistogram } from "#domain/telemetry/exponentialHistogram.ts";
import type { OtlpClient } from "#tests/faults/otlpClient.ts";

export type Offer = {
  client: OtlpClient;
  bodies: readonly Buffer[];
  spansPerRequest: number;
  /** Requests under way at the same time. */
  concurrency: number;
  /** `Infinity`: as fast as they are answered. */
  spansPerSecond: number;
  seconds: number;
};
export type Offered = {
  spansAcked: number;
  requests: number;
  refused: number;
  elapsedMs: number /** From when a request was due; seconds. */;
  latency: ExponentialHistogram;
};

const TIMEOUT_MS = 10_000;

/** Sends the bodies in turn. At a rate a request that can't be sent in time is sent late, and what it is late by is in its latency. */
export async function offer({ client, bodies, spansPerRequest, concurrency, spansPerSecond, seconds }: Offer): Promise<Offered> {
  const started = performance.now();
  const until = started + seconds * 1000;
  const result: Offered = { spansAcked: 0, requests: 0, refused: 0, elapsedMs: 0, latency: new ExponentialHistogram() };
  let next = 0;
  async function sendInTurn(): Promise<void> {
    for (;;) {
      const number = next++;
      const dueMs = Number.isFinite(spansPerSecond) ? started + (number * spansPerRequest * 1000) / spansPerSecond : performance.now();
      if (dueMs >= until || performance.now() >= until) return;
      const early = dueMs - performance.now();
      if (early > 0) await pause(early);
      const { kind } = await client.send(bodies[number % bodies.length], TIMEOUT_MS);
      result.requests++;
      if (kind === "accepted") {
        result.spansAcked += spansPerRequest;
        result.latency.record((performance.now() - dueMs) / 1000);
      } else result.refused++;
    }
  }
  await Promise.all(Array.from({ length: concurrency }, sendInTurn));
  result.elapsedMs = performance.now() - started;
  return result;
}
