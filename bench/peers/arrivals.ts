import { type CorpusRequest, type CorpusShape, roundMask } from "./corpus.ts";
import { walkSpans } from "./walkSpans.ts";

/** What of the acknowledged spans has to arrive, whatever else may: all, those with an error, the traces with an error, or those whose randomness is high enough. */
export type Promised = { kind: "all" } | { kind: "errors" } | { kind: "errorTraces" } | { kind: "randomness"; ratio: number } | { kind: "nothing" };

export type ArrivalFigures = {
  /** Different spans that arrived, and how often one came again. */
  arrived: number;
  twice: number;
  /** Spans that no request had. */
  unknown: number;
};

/** Bound on rounds × requests × spans: 64 MB of marks. */
export const MARKS_MAX = 512 * 2 ** 20;

/** One bit for each span that was ever sent, found by the ids that the corpus gave it. */
export class Arrivals {
  readonly #shape: CorpusShape;
  #marks = new Uint8Array(1 << 20);
  readonly #figures: ArrivalFigures = { arrived: 0, twice: 0, unknown: 0 };
  #view: DataView = new DataView(new ArrayBuffer(0));

  constructor(shape: CorpusShape) {
    this.#shape = shape;
  }

  figures(): ArrivalFigures {
    return { ...this.#figures };
  }

  /** Marks the spans of one request, which begins at `bodyAt`. Throws when it is no OTLP request. */
  take(bytes: Buffer, bodyAt = 0): void {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    walkSpans(bytes, this.#mark, bodyAt);
  }

  readonly #mark = (traceIdAt: number, spanIdAt: number): void => {
    const number = this.#number(this.#view.getUint32(traceIdAt), this.#view.getUint16(spanIdAt), this.#view.getUint16(spanIdAt + 2));
    if (number < 0) {
      this.#figures.unknown++;
      return;
    }
    const byte = Math.floor(number / 8);
    if (byte >= this.#marks.length) this.#grow(byte);
    const bit = 1 << (number & 7);
    if (this.#marks[byte] & bit) this.#figures.twice++;
    else {
      this.#marks[byte] |= bit;
      this.#figures.arrived++;
    }
  };

  has(round: number, request: number, position: number): boolean {
    const number = this.#number(round, request, position);
    return number >= 0 && (this.#marks[Math.floor(number / 8)] & (1 << (number & 7))) !== 0;
  }

  #number(round: number, request: number, position: number): number {
    const { requests, spans } = this.#shape;
    const number = (round * requests + request) * spans + position;
    return request < requests && position < spans && number < MARKS_MAX ? number : -1;
  }

  #grow(byte: number): void {
    const larger = new Uint8Array(Math.max(this.#marks.length * 2, byte + 1));
    larger.set(this.#marks);
    this.#marks = larger;
  }
}

/** How many of the promised spans of the acknowledged requests are missing. `acknowledged` has a request's number, round × requests + request. */
export function countMissing(
  arrivals: Arrivals,
  corpus: readonly CorpusRequest[],
  seed: number,
  acknowledged: Iterable<number>,
  promised: Promised,
): { promised: number; missing: number } {
  const count = { promised: 0, missing: 0 };
  if (promised.kind === "nothing") return count;
  const fixed = promised.kind === "randomness" ? undefined : corpus.map((request) => promisedOf(request, promised));
  for (const number of acknowledged) {
    const round = Math.floor(number / corpus.length);
    const request = number % corpus.length;
    const positions = fixed?.[request] ?? highEnough(corpus[request], seed, round, promised);
    for (const position of positions) {
      count.promised++;
      if (!arrivals.has(round, request, position)) count.missing++;
    }
  }
  return count;
}

function promisedOf({ trace, failed }: CorpusRequest, promised: Promised): number[] {
  const positions = Array.from(trace.keys());
  if (promised.kind === "errors") return positions.filter((position) => failed[position] === 1);
  if (promised.kind !== "errorTraces") return positions;
  const traces = new Set(positions.filter((position) => failed[position] === 1).map((position) => trace[position]));
  return positions.filter((position) => traces.has(trace[position]));
}

/** The spans whose randomness, the last 56 bits of the trace id, is at or above the threshold of the ratio (W3C Trace Context level 2), but for those too near it to say. */
function highEnough({ trace, randomness }: CorpusRequest, seed: number, round: number, promised: Promised): number[] {
  if (promised.kind !== "randomness") return [];
  const mask = roundMask(seed, round);
  // 32 of the 56 bits; a threshold may be rounded to four hex digits.
  const least = (1 - promised.ratio) * 2 ** 32 + 2 ** 17;
  return Array.from(trace.keys()).filter((position) => {
    const high = (randomness[trace[position] * 2] ^ mask.high) >>> 0;
    const low = (randomness[trace[position] * 2 + 1] ^ mask.low) >>> 0;
    return (high & 0xffffff) * 256 + (low >>> 24) >= least;
  });
}
