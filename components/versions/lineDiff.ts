export type DiffLine = { kind: "same" | "added" | "removed"; text: string; before: number | null; after: number | null };

/** Cells of one table of the comparison. A stretch that needs more is split at the lines that stand once on either side; without any it is shown as replaced. */
export const DIFF_CELLS_MAX = 1_000_000;

/** Lines of `after` against `before`: the longest common subsequence stays, the rest is removed or added, removals first. In long texts it is a common subsequence. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const a = toLines(before);
  const b = toLines(after);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const lines: DiffLine[] = [];
  for (let index = 0; index < start; index++) lines.push({ kind: "same", text: a[index], before: index + 1, after: index + 1 });
  compare(lines, a, b, { aStart: start, aEnd: a.length - end, bStart: start, bEnd: b.length - end });
  for (let left = end; left > 0; left--) {
    lines.push({ kind: "same", text: a[a.length - left], before: a.length - left + 1, after: b.length - left + 1 });
  }
  return lines;
}

type Stretch = { aStart: number; aEnd: number; bStart: number; bEnd: number };

function compare(lines: DiffLine[], a: string[], b: string[], stretch: Stretch): void {
  const { aStart, aEnd, bStart, bEnd } = stretch;
  if ((aEnd - aStart) * (bEnd - bStart) <= DIFF_CELLS_MAX) return compareExactly(lines, a, b, stretch);
  let [i, j] = [aStart, bStart];
  const anchors = anchorsIn(a, b, stretch);
  if (anchors.length === 0) return replaceAll(lines, a, b, stretch);
  for (const [atA, atB] of anchors) {
    compare(lines, a, b, { aStart: i, aEnd: atA, bStart: j, bEnd: atB });
    lines.push({ kind: "same", text: a[atA], before: atA + 1, after: atB + 1 });
    [i, j] = [atA + 1, atB + 1];
  }
  compare(lines, a, b, { aStart: i, aEnd, bStart: j, bEnd });
}

/** Lines that stand exactly once on either side of the stretch, as many of them as are in the same order. */
function anchorsIn(a: string[], b: string[], { aStart, aEnd, bStart, bEnd }: Stretch): [number, number][] {
  const once = (lines: string[], start: number, end: number) => {
    const places = new Map<string, number>();
    for (let at = start; at < end; at++) places.set(lines[at], places.has(lines[at]) ? -1 : at);
    return places;
  };
  const inB = once(b, bStart, bEnd);
  const pairs: [number, number][] = [];
  for (const [text, atA] of once(a, aStart, aEnd)) {
    const atB = inB.get(text);
    if (atA >= 0 && atB !== undefined && atB >= 0) pairs.push([atA, atB]);
  }
  return longestRising(pairs.sort((one, other) => one[0] - other[0]));
}

/** The longest part of the pairs in which the second number rises too. */
function longestRising(pairs: readonly [number, number][]): [number, number][] {
  const ends: number[] = [];
  const previous: (number | undefined)[] = [];
  for (const [index, [, second]] of pairs.entries()) {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[ends[middle]][1] < second) low = middle + 1;
      else high = middle;
    }
    previous.push(ends[low - 1]);
    ends[low] = index;
  }
  const rising: [number, number][] = [];
  for (let index = ends.at(-1); index !== undefined; index = previous[index]) rising.push(pairs[index]);
  return rising.reverse();
}

function replaceAll(lines: DiffLine[], a: string[], b: string[], { aStart, aEnd, bStart, bEnd }: Stretch): void {
  for (let i = aStart; i < aEnd; i++) lines.push({ kind: "removed", text: a[i], before: i + 1, after: null });
  for (let j = bStart; j < bEnd; j++) lines.push({ kind: "added", text: b[j], before: null, after: j + 1 });
}

/** The longest common subsequence, by its table. */
function compareExactly(lines: DiffLine[], a: string[], b: string[], { aStart, aEnd, bStart, bEnd }: Stretch): void {
  const rows = aEnd - aStart;
  const columns = bEnd - bStart;
  const width = columns + 1;
  const longest = new Uint32Array((rows + 1) * width);
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      longest[i * width + j] =
        a[aStart + i] === b[bStart + j] ? longest[(i + 1) * width + j + 1] + 1 : Math.max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
    }
  }
  let i = 0;
  let j = 0;
  while (i < rows || j < columns) {
    if (i < rows && j < columns && a[aStart + i] === b[bStart + j]) {
      lines.push({ kind: "same", text: a[aStart + i], before: aStart + i + 1, after: bStart + j + 1 });
      i++;
      j++;
    } else if (j >= columns || (i < rows && longest[(i + 1) * width + j] >= longest[i * width + j + 1])) {
      lines.push({ kind: "removed", text: a[aStart + i], before: aStart + i + 1, after: null });
      i++;
    } else {
      lines.push({ kind: "added", text: b[bStart + j], before: null, after: bStart + j + 1 });
      j++;
    }
  }
}

function toLines(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
