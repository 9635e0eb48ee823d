/** The name that `wrong` was probably meant to be: at most every third letter is another; undefined where none comes that near. */
export function nearestName(wrong: string, names: readonly string[]): string | undefined {
  if (wrong.length > 64) return undefined;
  const near = names.map((name) => ({ name, distance: distanceOf(wrong, name) })).filter(({ name, distance }) => distance <= name.length / 3);
  return near.toSorted((a, b) => a.distance - b.distance)[0]?.name;
}

/** Letters to add, take away or exchange (Levenshtein 1966). */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length];
}
