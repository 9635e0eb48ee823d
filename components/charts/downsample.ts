/**
 * Largest-triangle-three-buckets (Steinarsson 2013): which of the values to draw so that at most `max` are. Buckets are aligned to
 * absolute time (`firstTick` counts the first value), so that a window that moves on does not redraw its past. Gaps (null) stay gaps, and
 * the highest and lowest value always survive. Returns indices in order; of the nulls those that show where the gaps are.
 */
export function downsample(values: readonly (number | null)[], max: number, firstTick: number): number[] {
  if (values.length <= max) return values.map((_, index) => index);
  // The two extremes may come on top of what the buckets give.
  let size = Math.ceil(values.length / Math.max(1, max - 4));
  while (size < values.length && pointsOf(values, size, firstTick) > max - 2) size += 1;
  const [lowest, highest] = extremes(values);
  const chosen = new Set<number>([lowest, highest].filter((index) => index >= 0));
  let anchor = -1;
  for (const [start, end] of buckets(values.length, size, firstTick)) {
    const gap = gapIn(values, start, end);
    if (gap >= 0) chosen.add(gap);
    const pick = pickOf(values, start, end, anchor, meanOf(values, end, Math.min(values.length, end + size)), lowest, highest);
    if (pick >= 0) chosen.add(pick);
    anchor = pick;
  }
  return [...chosen].sort((a, b) => a - b);
}

function* buckets(length: number, size: number, firstTick: number): Generator<[number, number]> {
  for (let start = 0; start < length; ) {
    const end = Math.min(length, start + size - ((((firstTick + start) % size) + size) % size));
    yield [start, end];
    start = end;
  }
}

/** How many points buckets of this size give: one each, two where a gap begins or ends within. */
function pointsOf(values: readonly (number | null)[], size: number, firstTick: number): number {
  let points = 0;
  for (const [start, end] of buckets(values.length, size, firstTick)) {
    const gap = gapIn(values, start, end);
    let known = false;
    for (let index = start; index < end && !known; index++) known = values[index] !== null;
    points += (gap >= 0 ? 1 : 0) + (known ? 1 : 0);
  }
  return points;
}

function gapIn(values: readonly (number | null)[], start: number, end: number): number {
  for (let index = start; index < end; index++) if (values[index] === null) return index;
  return -1;
}

type Mean = { x: number; y: number } | null;

function pickOf(values: readonly (number | null)[], start: number, end: number, anchor: number, next: Mean, lowest: number, highest: number): number {
  let best = -1;
  let bestArea = -1;
  for (let index = start; index < end; index++) {
    const value = values[index];
    if (value === null) continue;
    if (index === highest || index === lowest) return index;
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
