import type { SpanTable } from "../../otlp/spanTable.ts";
import { hashTraceId } from "./hashTraceId.ts";
import { NONE } from "./spanStore.ts";
import type { TraceTable } from "./traceTable.ts";

let scratch = new Int32Array(0);

/** How many traces a request has spans of, and how many of those have no place in the table yet. Exact, for when the number of its spans says too much. */
export function countTraces(view: DataView, request: SpanTable, known: TraceTable, seed: number): { all: number; fresh: number } {
  const size = 2 ** Math.ceil(Math.log2(request.spans * 2 + 1));
  if (scratch.length < size) scratch = new Int32Array(size);
  scratch.fill(0, 0, size);
  const mask = size - 1;
  let all = 0;
  let fresh = 0;
  for (let span = 0; span < request.spans; span++) {
    const at = request.idAt[span];
    const a = at === 0 ? 0 : view.getInt32(at);
    const b = at === 0 ? 0 : view.getInt32(at + 4);
    const c = at === 0 ? 0 : view.getInt32(at + 8);
    const d = at === 0 ? 0 : view.getInt32(at + 12);
    // Without an id a span is a trace of its own.
    if ((a | b | c | d) === 0) {
      all++;
      fresh++;
      continue;
    }
    let place = hashTraceId(a, b, c, d, seed) & mask;
    while (scratch[place] !== 0 && !sameId(view, request.idAt[scratch[place] - 1], a, b, c, d)) place = (place + 1) & mask;
    if (scratch[place] !== 0) continue;
    scratch[place] = span + 1;
    all++;
    if (known.find(a, b, c, d) === NONE) fresh++;
  }
  return { all, fresh };
}

function sameId(view: DataView, at: number, a: number, b: number, c: number, d: number): boolean {
  return view.getInt32(at + 12) === d && view.getInt32(at + 8) === c && view.getInt32(at + 4) === b && view.getInt32(at) === a;
}
