/** Whether a text has every word of a filter in it; `text` in lower case, as `filterText` makes it. */
export function hasWords(text: string, words: readonly string[]): boolean {
  return words.every((word) => text.includes(word));
}

export function filterWords(filter: string): string[] {
  return filter.toLowerCase().split(/\s+/).filter(Boolean);
}

/** What is looked through; parts are kept apart, so that no word is found across two. */
export function filterText(parts: readonly string[]): string {
  return parts.join("\n").toLowerCase();
}
