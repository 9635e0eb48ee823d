/** One thing that was looked at while testing a provider: `ok`, `bad`, or `unsure` where it can't be told from here. */
export type ProviderCheck = { what: string; result: "ok" | "bad" | "unsure"; message: string };

/** In a few words, for the audit. */
export function providerChecksInShort(checks: readonly ProviderCheck[]): string {
  const bad = checks.filter(({ result }) => result === "bad");
  if (bad.length > 0) return `${bad.map(({ what }) => what).join(", ")}: not right`;
  return checks.some(({ result }) => result === "unsure") ? "nothing is wrong, but not all could be told" : "all is right";
}
