/** Waits before the second and later tries, in seconds: about a day in all. The Standard Webhooks specification proposes such a schedule. */
const WAITS_S = [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 21_600, 28_800];
export const TRIES_MAX: number = WAITS_S.length + 1;

/** How long to wait after so many tries that failed, spread by a quarter both ways; null: given up. `random` in [0, 1). */
export function retryDelayMs(tries: number, random: number): number | null {
  const seconds = WAITS_S[tries - 1];
  return seconds === undefined ? null : Math.round(seconds * 1_000 * (0.75 + random * 0.5));
}
