const PRIORITY_MAX = 10_000;

/** A priority as it was typed; null when it is none. A proper minus counts as one. */
export function parsePriority(text: string): number | null {
  const number = Number(text.trim().replace("−", "-"));
  return text.trim() !== "" && Number.isInteger(number) && Math.abs(number) <= PRIORITY_MAX ? number : null;
}
