const FIRST_MS = 500;
const MAX_MS = 15_000;

/** Before the n-th reconnect (from 0): between half and all of a bound that doubles up to 15 s, so that a fleet does not come back in one instant. */
export function reconnectDelayMs(attempt: number, random: () => number): number {
  const bound = Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(attempt, 20));
  return bound / 2 + (bound / 2) * random();
}
