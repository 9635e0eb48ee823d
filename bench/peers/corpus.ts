import { makeTemplate, type Template } from "#traffic/makeTemplate.ts";
import { Xoshiro128 } from "#traffic/xoshiro128.ts";
import { walkSpans } from "./walkSpans.ts";

/** What one run sends over and over: `requests` prepared requests of `spans` spans each, all of them whole traces. Generator and sink make the same from the same shape. */
export type CorpusShape = { seed: number; requests: number; spans: number };

export type CorpusRequest = {
  bytes: Buffer;
  /** By span: where its trace id stands in `bytes`, in rising order; its trace within the request; whether its status is an error. */
  traceIdAt: Int32Array;
  trace: Int32Array;
  failed: Uint8Array;
  /** By trace: the last 64 bits of its id before a round's mask, high word first. */
  randomness: Uint32Array;
};

/** A round is one pass over the corpus. Its number and its mask make the trace ids new; span ids stay and say which span of the corpus it is. */
export type RoundMask = { high: number; low: number };

const MASK_SEED = 0x6d61736b;
const BEGAN_AGO_MS = 4000;

/**
 * Span ids are (request, position, 32 bits of noise). Times are those of `nowMs` and stay, so that every run sends the same bytes but for ids and times.
 */
export function makeCorpus({ seed, requests, spans }: CorpusShape, nowMs: number): CorpusRequest[] {
  const random = new Xoshiro128(seed);
  return Array.from({ length: requests }, (_, request) => stamp(makeTemplate(spans, random), request, random, nowMs));
}

/** The mask of a round, the same in every process. */
export function roundMask(seed: number, round: number): RoundMask {
  const random = new Xoshiro128((seed ^ MASK_SEED) + round * 0x9e3779b1);
  return { high: random.next(), low: random.next() };
}

/** Gives a request the trace ids of a round: (round, noise of the trace, 64 masked bits). About 10 ns a span. */
export function patchRound(request: CorpusRequest, view: DataView, at: Int32Array, round: number, mask: RoundMask): void {
  const { trace, randomness } = request;
  for (let span = 0; span < at.length; span++) {
    const place = at[span];
    const first = trace[span] * 2;
    view.setUint32(place, round);
    view.setUint32(place + 8, randomness[first] ^ mask.high);
    view.setUint32(place + 12, randomness[first + 1] ^ mask.low);
  }
}

function stamp(template: Template, request: number, random: Xoshiro128, nowMs: number): CorpusRequest {
  const { bytes, spans, traces, trace, index, parent } = template;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const noise = Uint32Array.from({ length: traces }, () => random.next());
  const randomness = Uint32Array.from({ length: traces * 2 }, () => random.next());
  const spanId = new Map<string, { position: number; noise: number }>();
  for (let position = 0; position < spans; position++) spanId.set(`${trace[position]} ${index[position]}`, { position, noise: random.next() });
  const writeSpanId = (at: number, id: { position: number; noise: number } | undefined) => {
    if (id === undefined) throw new Error("a parent that is not in the request");
    view.setUint16(at, request);
    view.setUint16(at + 2, id.position);
    view.setUint32(at + 4, id.noise);
  };
  const beganNs = BigInt(Math.floor(nowMs) - BEGAN_AGO_MS) * 1_000_000n;
  for (let span = 0; span < spans; span++) {
    view.setUint32(template.traceIdAt[span] + 4, noise[trace[span]]);
    writeSpanId(template.spanIdAt[span], spanId.get(`${trace[span]} ${index[span]}`));
    if (template.parentAt[span] >= 0) writeSpanId(template.parentAt[span], spanId.get(`${trace[span]} ${parent[span]}`));
    const startNs = beganNs + BigInt(Math.floor(template.startNs[span]));
    view.setBigUint64(template.startAt[span], startNs, true);
    view.setBigUint64(template.startAt[span] + 9, startNs + BigInt(Math.floor(template.durationNs[span])), true);
  }
  const failed = new Uint8Array(spans);
  let position = 0;
  walkSpans(bytes, (_traceIdAt, _spanIdAt, isFailed) => {
    failed[position++] = isFailed ? 1 : 0;
  });
  return { bytes, traceIdAt: template.traceIdAt, trace, failed, randomness };
}
