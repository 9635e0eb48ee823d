/** An attribute's value as far as conditions look: 64-bit integers are bigint; null stands for a list, a map, bytes or nothing. */
export type AttributeValue = string | number | bigint | boolean | null;
export type Attribute = { key: string; value: AttributeValue };

/** What a decision is taken on: one decoded span and the attributes of its resource. */
export type SpanFacts = {
  /** 32 lower-case hex digits; empty when the span has none. */
  traceId: string;
  traceState: string;
  name: string;
  /** OTLP numbers: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number;
  startUnixNano: bigint;
  endUnixNano: bigint;
  /** OTLP numbers: 0 unset, 1 ok, 2 error. */
  statusCode: number;
  attributes: readonly Attribute[];
  resource: readonly Attribute[];
};

/** Spans of one trace, in whatever order they came; a decision never depends on it. In span scope every span stands for itself, alone. */
export type TraceFacts = { spans: readonly SpanFacts[] };

/** The span attributes that an `endpoint` condition looks at besides the name. */
export const ENDPOINT_KEYS = ["http.route", "url.path", "rpc.method"] as const;
export const SERVICE_KEY = "service.name";
export const STATUS_CODES = { unset: 0, ok: 1, error: 2 } as const;
export const SPAN_KINDS = { unspecified: 0, internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;

/** End minus start, or what lies between the first start and the last end of several spans. A time of 0 is not set; undefined without both. */
export function durationNs(spans: readonly Pick<SpanFacts, "startUnixNano" | "endUnixNano">[]): bigint | undefined {
  let first: bigint | undefined;
  let last: bigint | undefined;
  for (const { startUnixNano, endUnixNano } of spans) {
    if (startUnixNano !== 0n && (first === undefined || startUnixNano < first)) first = startUnixNano;
    if (endUnixNano !== 0n && (last === undefined || endUnixNano > last)) last = endUnixNano;
  }
  return first === undefined || last === undefined ? undefined : last - first;
}

/** The bound of a latency condition in whole nanoseconds; durations strictly above it match. */
export function latencyBoundNs(aboveMs: number): bigint {
  return BigInt(Math.round(aboveMs * 1e6));
}
