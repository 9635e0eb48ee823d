import { setTimeout as pause } from "node:timers/promises";
import type { OtlpClient, SendResult } from "./otlpClient.ts";

/**
 * What the exporters of the OpenTelemetry SDK do about an answer that may be tried again (otlp-exporter-base 0.301, retrying-transport; the same figures as the Java SDK's RetryPolicy):
 * up to five more tries after 1 s, then 1.5 times as long each time and 5 s at most, ±20%; a delay that the server asks for replaces that; everything within 10 s.
 */
export type RetryBehaviour = { triesMore: number; initialMs: number; multiplier: number; maxMs: number; jitter: number; timeoutMs: number };
export const SDK_RETRY: RetryBehaviour = { triesMore: 5, initialMs: 1_000, multiplier: 1.5, maxMs: 5_000, jitter: 0.2, timeoutMs: 10_000 };
export const NO_RETRY: RetryBehaviour = { ...SDK_RETRY, triesMore: 0 };

/** `tried` is told of every try. */
export async function sendWithRetry(
  client: OtlpClient,
  request: Buffer,
  retry: RetryBehaviour,
  random: () => number,
  tried: (result: SendResult) => void,
): Promise<SendResult> {
  const deadline = performance.now() + retry.timeoutMs;
  let backoffMs = retry.initialMs;
  for (let more = retry.triesMore; ; more--) {
    const result = await client.send(request, Math.max(1, deadline - performance.now()));
    tried(result);
    if (result.kind !== "retryable" || more <= 0) return result;
    const delayMs = result.retryAfterMs ?? Math.min(retry.maxMs, backoffMs * (1 + retry.jitter * (2 * random() - 1)));
    backoffMs *= retry.multiplier;
    if (delayMs > deadline - performance.now()) return result;
    await pause(delayMs);
  }
}
