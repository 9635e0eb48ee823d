import type { ReadSpan } from "./otlpOracle.ts";
import { Finding } from "./target.ts";

/** The spans that were read back have to be those wanted, in whatever order. */
export function compareSpans(spans: readonly ReadSpan[], wanted: readonly string[], what: string): void {
  const texts = spans.map(({ facts, textWith }) => textWith(facts.traceState)).sort();
  const expected = [...wanted].sort();
  for (let index = 0; index < Math.max(texts.length, expected.length); index++) {
    if (texts[index] !== expected[index]) throw new Finding(`${what}: ${texts[index] ?? "nothing"}\n  instead of: ${expected[index] ?? "nothing"}`);
  }
}
