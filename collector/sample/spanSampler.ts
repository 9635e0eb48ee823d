import { framedSize, frameSpans } from "../otlp/frameSpans.ts";
import { scanTraces } from "../otlp/scanTraces.ts";
import { settleSpans } from "../otlp/settleSpans.ts";
import { SpanTable } from "../otlp/spanTable.ts";
import type { CompiledPolicy } from "./compilePolicy.ts";

/** What came of one request. Tier columns are indexed by tier; bytes are those that came in, whether kept or not. */
export type SampledRequest = {
  spans: number;
  kept: number;
  bytesKept: number;
  tierKept: Float64Array;
  tierSampledOut: Float64Array;
  tierBytesKept: Float64Array;
  tierBytesSampledOut: Float64Array;
};

export type SpanSampler = {
  /** Scans and decides; ≥ 0: spans found, negative: a scan code that refuses the request as a whole. */
  sample(bytes: Buffer, start: number, end: number, policy: CompiledPolicy): number;
  /** Reused: valid until the next sample(). */
  readonly result: SampledRequest;
  /** What was found in the last request, verdicts included. */
  readonly table: SpanTable;
  /** Bytes that frame() will write. */
  framedSizeMax(): number;
  /** Writes the kept spans of the last request as ResourceSpans fields to `out`; returns the new offset. The request's bytes must still be there. */
  frame(out: Buffer, at: number): number;
};

const TIERS = 64;

/** Decides span by span, each at once and without memory. Synchronous; one request at a time. */
export function createSpanSampler(): SpanSampler {
  const table = new SpanTable();
  const result: SampledRequest = {
    spans: 0,
    kept: 0,
    bytesKept: 0,
    tierKept: new Float64Array(TIERS),
    tierSampledOut: new Float64Array(TIERS),
    tierBytesKept: new Float64Array(TIERS),
    tierBytesSampledOut: new Float64Array(TIERS),
  };
  let request: Buffer | undefined;
  let running: CompiledPolicy | undefined;
  return {
    result,
    table,
    sample(bytes, start, end, policy) {
      const spans = scanTraces(bytes, start, end, table, policy.matcher);
      const code = spans < 0 ? spans : settleSpans(bytes, table, policy.matcher);
      request = code < 0 ? undefined : bytes;
      running = policy;
      if (code < 0) table.clear();
      fill(result, table);
      return code < 0 ? code : spans;
    },
    framedSizeMax: () => framedSize(table),
    frame: (out, at) => (request === undefined || running === undefined ? at : frameSpans(request, table, running.matcher, out, at)),
  };
}

function fill(result: SampledRequest, table: SpanTable): void {
  result.spans = table.spans;
  result.kept = 0;
  result.bytesKept = 0;
  for (let tier = 0; tier < TIERS; tier++) {
    result.tierSampledOut[tier] = table.tierSpans[tier * 2];
    result.tierKept[tier] = table.tierSpans[tier * 2 + 1];
    result.tierBytesSampledOut[tier] = table.tierBytes[tier * 2];
    result.tierBytesKept[tier] = table.tierBytes[tier * 2 + 1];
    result.kept += result.tierKept[tier];
    result.bytesKept += result.tierBytesKept[tier];
  }
}
