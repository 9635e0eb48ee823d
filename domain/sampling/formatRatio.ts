/** A ratio as a percentage without digits that say nothing: 0.5 is `50%`, 0.0001 is `0.01%`. */
export function formatRatio(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(6))}%`;
}
