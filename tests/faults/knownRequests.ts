import { makeTemplate, type Template } from "#traffic/makeTemplate.ts";
import { Xoshiro128 } from "#traffic/xoshiro128.ts";

/** Makes requests whose span ids are known: the high half is `tag`, the low halves are consecutive numbers. */
export type KnownRequests = {
  /** An ExportTraceServiceRequest with the ids `first` to `first + spans - 1`, behind `headroom` bytes that are left free. */
  request(spans: number, first: number, headroom: number): Buffer;
};

type Prepared = Template & { parentRow: Int32Array };

const TEMPLATES_EACH = 6;
const SIZES_MAX = 128;
const LATEST_START_MS = 4_000;

/** A copy of a prepared request with ids and times written into it: about 0.3 µs a span. */
export function createKnownRequests(tag: number, seed: number): KnownRequests {
  const random = new Xoshiro128(seed);
  const bySize = new Map<number, Prepared[]>();

  function template(spans: number): Prepared {
    let pool = bySize.get(spans);
    if (pool === undefined) {
      if (bySize.size >= SIZES_MAX) bySize.delete(bySize.keys().next().value ?? 0);
      pool = [];
      bySize.set(spans, pool);
    }
    if (pool.length >= TEMPLATES_EACH) return random.pick(pool);
    const made = prepare(makeTemplate(spans, random));
    pool.push(made);
    return made;
  }

  return {
    request(spans, first, headroom) {
      const chosen = template(spans);
      const bytes = Buffer.allocUnsafeSlow(headroom + chosen.bytes.length);
      chosen.bytes.copy(bytes, headroom);
      const ids = Uint32Array.from({ length: chosen.traces * 4 }, () => random.next());
      const baseNs = BigInt(Date.now() - LATEST_START_MS) * 1_000_000n;
      for (let row = 0; row < spans; row++) {
        const traceAt = headroom + chosen.traceIdAt[row];
        for (let word = 0; word < 4; word++) bytes.writeUInt32BE(ids[chosen.trace[row] * 4 + word], traceAt + word * 4);
        writeId(bytes, headroom + chosen.spanIdAt[row], tag, first + row);
        if (chosen.parentAt[row] >= 0) writeId(bytes, headroom + chosen.parentAt[row], tag, first + chosen.parentRow[row]);
        const startNs = baseNs + BigInt(Math.floor(chosen.startNs[row]));
        bytes.writeBigUInt64LE(startNs, headroom + chosen.startAt[row]);
        bytes.writeBigUInt64LE(startNs + BigInt(Math.floor(chosen.durationNs[row])), headroom + chosen.startAt[row] + 9);
      }
      return bytes;
    },
  };
}

/** A span's parent by its place in the request rather than in its trace. */
function prepare(template: Template): Prepared {
  const rows = new Map<string, number>();
  for (let row = 0; row < template.spans; row++) rows.set(`${template.trace[row]} ${template.index[row]}`, row);
  const parentRow = template.parent.map((parent, row) => rows.get(`${template.trace[row]} ${parent}`) ?? row);
  return { ...template, parentRow };
}

function writeId(bytes: Buffer, at: number, tag: number, number: number): void {
  bytes.writeUInt32BE(tag, at);
  bytes.writeUInt32BE(number, at + 4);
}
