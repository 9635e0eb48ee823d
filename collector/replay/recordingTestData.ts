import type { RecordedPart, Recording } from "../record/recording.ts";
import { compilePolicy } from "../sample/compilePolicy.ts";
import { createSpanSampler } from "../sample/spanSampler.ts";

const sampler = createSpanSampler();
const all = compilePolicy({ scope: "span", tiers: [{ name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 0 } }] });

/** Spans of a request and their bytes, as a collector counts them. */
export function spansIn(request: Buffer): { spans: number; bytes: number } {
  const spans = sampler.sample(request, 0, request.length, all);
  if (spans < 0) throw new Error("the request can't be read");
  return { spans, bytes: sampler.table.tierBytes[0] };
}

/** A part as it would lie on disk had its request been recorded as a whole. */
export function partOf(atMs: number, request: Buffer, about: Partial<RecordedPart> = {}): RecordedPart {
  const { spans, bytes } = spansIn(request);
  return { atMs, request, spans, share: 1, seenSpans: spans, seenBytes: bytes, ...about };
}

/** A recording in memory. */
export function recordingOf(parts: readonly RecordedPart[], about: Partial<Recording> = {}): Recording {
  const bytes = parts.reduce((sum, { request }) => sum + request.length, 0);
  return {
    fromMs: parts[0]?.atMs ?? 0,
    untilMs: parts.at(-1)?.atMs ?? 0,
    bytes,
    share: Math.min(1, ...parts.map(({ share }) => share)),
    redacted: [],
    gaps: [],
    async *parts(signal) {
      let bytesRead = 0;
      for (const part of parts) {
        if (signal.aborted) return;
        bytesRead += part.request.length;
        yield { part, bytesRead };
      }
    },
    ...about,
  };
}
