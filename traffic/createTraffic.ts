import { makeTemplate, type Template } from "./makeTemplate.ts";
import { Xoshiro128 } from "./xoshiro128.ts";

export type TrafficSettings = {
  /** The same seed gives the same bytes, apart from the time. */
  seed: number;
  /** Unix milliseconds; traces begin shortly before. */
  now: () => number;
  /** Encoded requests kept per request size; more of them vary more and take longer to make. */
  templates?: number;
};

export type Traffic = { nextRequest(spans: number): Buffer };

const TEMPLATES_DEFAULT = 24;
/** Sizes whose templates are kept at the same time; the oldest goes when there are more. */
const SIZES_MAX = 8;

/**
 * An endless stream of ExportTraceServiceRequests. Shapes, names and attributes come from a bounded set of templates made once per size; every request
 * is a fresh copy with new trace and span ids, its own times and durations stretched by a factor of its own, which costs about 0.5 to 1 µs a span.
 */
export function createTraffic({ seed, now, templates = TEMPLATES_DEFAULT }: TrafficSettings): Traffic {
  const random = new Xoshiro128(seed);
  const bySize = new Map<number, Template[]>();
  return {
    nextRequest(spans) {
      let pool = bySize.get(spans);
      if (pool === undefined) {
        pool = [];
        if (bySize.size >= SIZES_MAX) bySize.delete(bySize.keys().next().value ?? 0);
        bySize.set(spans, pool);
      }
      if (pool.length < templates) pool.push(makeTemplate(spans, random));
      return stamp(pool.length < templates ? pool[pool.length - 1] : random.pick(pool), random, now());
    },
  };
}

function stamp(template: Template, random: Xoshiro128, nowMs: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(template.bytes.length);
  template.bytes.copy(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const ids = Uint32Array.from({ length: template.traces * 5 }, () => random.next());
  const stretch = Float64Array.from({ length: template.traces }, () => 0.75 + random.float() * 0.5);
  // Whole milliseconds and nanoseconds apart: a double does not hold today's nanoseconds exactly.
  const baseMs = Math.floor(nowMs);
  for (let span = 0; span < template.spans; span++) {
    const trace = template.trace[span];
    const first = trace * 5;
    const idAt = template.traceIdAt[span];
    for (let word = 0; word < 4; word++) view.setUint32(idAt + word * 4, ids[first + word]);
    writeSpanId(view, template.spanIdAt[span], ids[first + 4], template.index[span]);
    if (template.parentAt[span] >= 0) writeSpanId(view, template.parentAt[span], ids[first + 4], template.parent[span]);
    const startNs = template.startNs[span] * stretch[trace];
    // The trace began 4 s ago at the earliest, so that nothing ends in the future.
    writeTime(view, template.startAt[span], baseMs - 4000, startNs);
    writeTime(view, template.startAt[span] + 9, baseMs - 4000, startNs + template.durationNs[span] * stretch[trace]);
  }
  return bytes;
}

function writeSpanId(view: DataView, at: number, salt: number, index: number): void {
  view.setUint32(at, salt);
  view.setUint32(at + 4, Math.imul(index + 1, 0x9e3779b1));
}

function writeTime(view: DataView, at: number, ms: number, addedNs: number): void {
  const addedMs = Math.floor(addedNs / 1e6);
  view.setBigUint64(at, BigInt(ms + addedMs) * 1_000_000n + BigInt(Math.floor(addedNs - addedMs * 1e6)), true);
}
