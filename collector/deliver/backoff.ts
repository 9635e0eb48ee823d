export type RetrySettings = { initialMs: number; maxMs: number; maxElapsedMs: number };

/** Full jitter: anywhere between 0 and the exponential bound, so that many collectors do not come back at once. `attempt` counts from 0. */
export function backoffMs(retry: RetrySettings, attempt: number, random: () => number): number {
  const bound = Math.min(retry.maxMs, retry.initialMs * 2 ** Math.min(attempt, 40));
  return bound * random();
}

/** Milliseconds until the next try, or undefined when the batch's time is up: a delay that the backend asked for is never cut short. */
export function nextTryMs(
  retry: RetrySettings,
  attempt: number,
  elapsedMs: number,
  retryAfterMs: number | undefined,
  random: () => number,
): number | undefined {
  const delay = Math.max(backoffMs(retry, attempt, random), retryAfterMs ?? 0);
  return elapsedMs + delay > retry.maxElapsedMs ? undefined : delay;
}
