import type { WireMatcher } from "../../otlp/wireMatcher.ts";
import type { TraceTable } from "./traceTable.ts";

/** The tier that decides on a trace of which `bits` is what its spans fulfil; adds to them what only the trace as a whole does. */
export function tierOfTrace(matcher: WireMatcher, bits: Int32Array, table: TraceTable, slot: number): number {
  const { latency, spanCounts } = matcher.trace;
  for (let index = 0; index < latency.length; index++) {
    const { high, low, bit } = latency[index];
    if (table.isLongerThan(slot, high, low)) bits[bit >> 5] |= 1 << (bit & 31);
  }
  for (let index = 0; index < spanCounts.length; index++) {
    const { atLeast, bit } = spanCounts[index];
    if (table.spans(slot) >= atLeast) bits[bit >> 5] |= 1 << (bit & 31);
  }
  return matcher.tierOf(bits);
}
