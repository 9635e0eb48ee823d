/**
 * Largest-triangle-three-buckets (Steinarsson 2013): which of the values to draw so that at most `max` are. Buckets are aligned to
 * absolute time (`firstTick` counts the first value), so that a window that moves on does not redraw its past. Gaps (null) stay gaps, and
 * the highest and lowest value always survive. Returns indices in order; the nulls at the borders of gaps are among them.
 */
export function downsample(values: readonly (number | null)[], max: number, firstTick: number): number[] {
  if (values.length <= max) return values.map((_, index) => index);
  const size = Math.ceil(values.length / Math.max(1, max - 4));
  const [lowest, highest] = extremes(values);
  const chosen: number[] = [];
  let anchor = -1;
  for (let start = 0; start < values.length; ) {
    const end = Math.min(values.length, start + size - ((((firstTick + start) % size) + size) % size));
    const pick = pickOf(values, start, end, anchor, meanOf(values, end, Math.min(values.length, end + size)), lowest, highest);
    chosen.push(pick);
    anchor = values[pick] === null ? -1 : pick;
    start = end;
  }
  for (const extreme of [lowest, highest]) if (extreme >= 0 && !chosen.includes(extreme)) chosen.push(extreme);
  return chosen.sort((a, b) => a - b);
}

type Mean = { x: number; y: number } | null;

function pickOf(values: readonly (number | null)[], start: number, end: number, anchor: number, next: Mean, lowest: number, highest: number): number {
  let best = -1;
  let bestArea = -1;
  for (let index = start; index < end; index++) {
    const value = values[index];
    // A bucket with a gap in it shows the gap: a line across it would claim what nobody measured.
    if (value === null) return index;
    if (index === highest || (index === lowest && best !== highest)) {
      best = index;
      bestArea = Number.POSITIVE_INFINITY;
    }
    const area = triangle(values, anchor, index, value, next);
    if (area > bestArea) {
      best = index;
      bestArea = area;
    }
  }
  return best;
}

function triangle(values: readonly (number | null)[], anchor: number, x: number, y: number, next: Mean): number {
  const a = anchor >= 0 ? { x: anchor, y: values[anchor] ?? y } : { x: x - 1, y };
  const c = next ?? { x: x + 1, y };
  return Math.abs((a.x - c.x) * (y - a.y) - (a.x - x) * (c.y - a.y));
}

function meanOf(values: readonly (number | null)[], start: number, end: number): Mean {
  let sum = 0;
  let count = 0;
  for (let index = start; index < end; index++) {
    const value = values[index];
    if (value === null) continue;
    sum += value;
    count += 1;
  }
  return count === 0 ? null : { x: (start + end - 1) / 2, y: sum / count };
}

function extremes(values: readonly (number | null)[]): [number, number] {
  let lowest = -1;
  let highest = -1;
  for (const [index, value] of values.entries()) {
    if (value === null) continue;
    if (lowest < 0 || value < (values[lowest] ?? 0)) lowest = index;
    if (highest < 0 || value > (values[highest] ?? 0)) highest = index;
  }
  return [lowest, highest];
}
