/**
 * How long a client is told to wait. Clients that were refused together would come back together, again and again, if all were told the same (AWS Architecture Blog,
 * "Exponential Backoff And Jitter"). `random` gives [0, 1).
 */
export function retryDelayMs(baseMs: number, random: () => number): number {
  return Math.round(baseMs * (0.5 + random()));
}

/** Likewise in whole seconds, the only unit of Retry-After: evenly over 1 to the largest delay that `retryDelayMs` gives, rounded up. */
export function retryDelaySeconds(baseMs: number, random: () => number): number {
  return 1 + Math.floor(random() * Math.max(1, Math.ceil((baseMs * 1.5) / 1000)));
}
