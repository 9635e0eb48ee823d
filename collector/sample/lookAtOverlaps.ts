import { readSpanBits } from "../otlp/scanTraces.ts";
import { SpanTable } from "../otlp/spanTable.ts";
import type { CompiledPolicy } from "./compilePolicy.ts";

let scratch: SpanTable | undefined;

/**
 * Span scope, after a request was taken: reads a few of its spans once more, because the scan keeps no more of a span than the tier that decided on it.
 * `table` is what the scan found in it; its bytes must still be there.
 */
export function lookAtOverlaps(bytes: Buffer, table: SpanTable, { overlaps, matcher }: CompiledPolicy, now: number): void {
  const { spans } = table;
  if (spans === 0 || overlaps.isOff) return;
  overlaps.offer(spans, spans, now);
  if (overlaps.toSkip >= spans) {
    overlaps.toSkip -= spans;
    return;
  }
  scratch ??= new SpanTable();
  const into = scratch;
  while (overlaps.toSkip < spans) {
    readSpanBits(bytes, table, overlaps.toSkip, into, matcher);
    overlaps.look(1, (out) => matcher.matchingTiers(matcher.bits, out));
  }
  overlaps.toSkip -= spans;
}
