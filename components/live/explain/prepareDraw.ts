const SPACE = 2 ** 56;

export type Draw = {
  /** The trace's draw on a line from 0 to 1. */
  draw: number;
  /** Kept from here on; 1 for a tier that keeps nothing. */
  threshold: number;
};

/** 14 hex digits each, as `rv` and `th` are written; the threshold may be `never`. */
export function prepareDraw(randomness: string, threshold: string): Draw {
  return { draw: Number.parseInt(randomness, 16) / SPACE, threshold: threshold === "never" ? 1 : Number.parseInt(threshold, 16) / SPACE };
}
