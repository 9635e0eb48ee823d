/** Simulated traffic of one tier: whole traces, seeded, with sizes and services as unevenly spread as real ones. */
export type OfferedTrace = {
  atMs: number;
  spans: number;
  errors: number /** Where it enters; few services have most of the traffic (Zipf). */;
  service: number;
};

export const SERVICES = 6;
export const SPANS_MAX = 2000;

/** Uniform in 0..1, 2^32 values (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export type Sizes = { mean: number; draw: (random: () => number) => number };
export const ONE_SPAN: Sizes = { mean: 1, draw: () => 1 };
/** Log-normal: half of the traces above 6 spans, one in a hundred above 60. */
export const LOG_NORMAL: Sizes = sizes((random) => Math.round(6 * Math.exp(Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()))));
/** Pareto with exponent 1: the largest hundredth of the traces holds two fifths of all spans. */
export const PARETO: Sizes = sizes((random) => Math.floor(1 / (1 - random() * (1 - 1 / (SPANS_MAX + 1)))));

function sizes(draw: (random: () => number) => number): Sizes {
  const bounded = (random: () => number) => Math.min(SPANS_MAX, Math.max(1, draw(random)));
  const random = seededRandom(0);
  let sum = 0;
  for (let index = 0; index < 200_000; index++) sum += bounded(random);
  return { mean: sum / 200_000, draw: bounded };
}

export type Load = { seconds: number /** Mean at that second. */; spansPerSecond: (second: number) => number; sizes: Sizes };

const TICK_MS = 10;

export function offeredTraces(load: Load, seed: number): OfferedTrace[] {
  const random = seededRandom(seed);
  const traces: OfferedTrace[] = [];
  for (let atMs = 0; atMs < load.seconds * 1000; atMs += TICK_MS) {
    const traceCount = poisson((load.spansPerSecond(atMs / 1000) * TICK_MS) / 1000 / load.sizes.mean, random);
    for (let index = 0; index < traceCount; index++) traces.push(offeredTrace(atMs, load.sizes.draw(random), random));
  }
  return traces;
}

function offeredTrace(atMs: number, spans: number, random: () => number): OfferedTrace {
  const service = Math.floor((SERVICES + 1) ** random()) - 1;
  return { atMs, spans, service, errors: random() < 0.1 ? Math.ceil(random() * Math.min(3, spans)) : 0 };
}

/** The service that a trace enters has half of its spans, the next two share the rest. */
export function spansOfService({ spans, service }: OfferedTrace, of: number): number {
  const half = Math.ceil(spans / 2);
  const quarter = Math.ceil((spans - half) / 2);
  return [half, quarter, spans - half - quarter][(of - service + SERVICES) % SERVICES] ?? 0;
}

function poisson(mean: number, random: () => number): number {
  let count = 0;
  // In pieces, so that the exponential does not underflow.
  for (let left = mean; left > 0; left -= 30) {
    const limit = Math.exp(-Math.min(30, left));
    for (let product = random(); product > limit; product *= random()) count++;
  }
  return count;
}
