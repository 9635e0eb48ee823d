export type RetrySettings = { initialMs: number; maxMs: number; maxElapsedMs: number };

/** Full jitter: anywhere between 0 and the exponential bound, so that many collectors do not come back at once. `attempt` counts from 0. */
export function backoffMs(retry: RetrySettings, attempt: number, random: () => number): number {
  const bound = Math.min(retry.maxMs, retry.initialMs * 2 ** Math.min(attempt, 40));
  return bound * random();
}

/** Milliseconds until the next try, or undefined when the batch's time is up. A delay that the backend asked for holds for everything, and is not counted here. */
export function nextTryMs(retry: RetrySettings, attempt: number, elapsedMs: number, random: () => number): number | undefined {
  const delay = backoffMs(retry, attempt, random);
  return elapsedMs + delay > retry.maxElapsedMs ? undefined : delay;
}
