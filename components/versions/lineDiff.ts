export type DiffLine = { kind: "same" | "added" | "removed"; text: string; before: number | null; after: number | null };

/** Beyond this many lines on both sides together the table of the comparison would be too large; then everything is shown as replaced. */
export const DIFF_LINES_MAX = 6000;

/** Lines of `after` against `before`: the longest common subsequence stays, the rest is removed or added, removals first. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const a = toLines(before);
  const b = toLines(after);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const lines: DiffLine[] = [];
  for (let index = 0; index < start; index++) lines.push({ kind: "same", text: a[index], before: index + 1, after: index + 1 });
  lines.push(...middle(a, b, start, a.length - end, b.length - end));
  for (let left = end; left > 0; left--) {
    lines.push({ kind: "same", text: a[a.length - left], before: a.length - left + 1, after: b.length - left + 1 });
  }
  return lines;
}

function middle(a: string[], b: string[], from: number, aEnd: number, bEnd: number): DiffLine[] {
  const rows = aEnd - from;
  const columns = bEnd - from;
  const lines: DiffLine[] = [];
  if (rows + columns > DIFF_LINES_MAX) {
    for (let i = from; i < aEnd; i++) lines.push({ kind: "removed", text: a[i], before: i + 1, after: null });
    for (let j = from; j < bEnd; j++) lines.push({ kind: "added", text: b[j], before: null, after: j + 1 });
    return lines;
  }
  const width = columns + 1;
  const longest = new Uint16Array((rows + 1) * width);
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      longest[i * width + j] =
        a[from + i] === b[from + j] ? longest[(i + 1) * width + j + 1] + 1 : Math.max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
    }
  }
  let i = 0;
  let j = 0;
  while (i < rows || j < columns) {
    if (i < rows && j < columns && a[from + i] === b[from + j]) {
      lines.push({ kind: "same", text: a[from + i], before: from + i + 1, after: from + j + 1 });
      i++;
      j++;
    } else if (j >= columns || (i < rows && longest[(i + 1) * width + j] >= longest[i * width + j + 1])) {
      lines.push({ kind: "removed", text: a[from + i], before: from + i + 1, after: null });
      i++;
    } else {
      lines.push({ kind: "added", text: b[from + j], before: null, after: from + j + 1 });
      j++;
    }
  }
  return lines;
}

function toLines(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
