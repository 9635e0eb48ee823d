import protobuf from "protobufjs";
import type { Signal } from "#domain/pipeline/signals.ts";

// opentelemetry-proto 1.11, metrics and logs, read and written by a library that shares no code with ours.
const { root } = protobuf.parse(`syntax = "proto3";
message MetricsRequest { repeated ResourceMetrics resource_metrics = 1; }
message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; string schema_url = 3; }
message ScopeMetrics { Scope scope = 1; repeated Metric metrics = 2; string schema_url = 3; }
message Metric { string name = 1; string description = 2; string unit = 3; repeated KeyValue metadata = 12;
  oneof data { Gauge gauge = 5; Sum sum = 7; Histogram histogram = 9; ExponentialHistogram exponential_histogram = 10; Summary summary = 11; } }
message Gauge { repeated NumberDataPoint data_points = 1; }
message Sum { repeated NumberDataPoint data_points = 1; int32 aggregation_temporality = 2; bool is_monotonic = 3; }
message Histogram { repeated HistogramDataPoint data_points = 1; int32 aggregation_temporality = 2; }
message ExponentialHistogram { repeated ExponentialHistogramDataPoint data_points = 1; int32 aggregation_temporality = 2; }
message Summary { repeated SummaryDataPoint data_points = 1; }
message NumberDataPoint { repeated KeyValue attributes = 7; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3;
  oneof value { double as_double = 4; sfixed64 as_int = 6; } repeated Exemplar exemplars = 5; uint32 flags = 8; }
message HistogramDataPoint { repeated KeyValue attributes = 9; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; fixed64 count = 4; optional double sum = 5;
  repeated fixed64 bucket_counts = 6; repeated double explicit_bounds = 7; repeated Exemplar exemplars = 8; uint32 flags = 10; optional double min = 11; optional double max = 12; }
message ExponentialHistogramDataPoint { repeated KeyValue attributes = 1; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; fixed64 count = 4; optional double sum = 5;
  sint32 scale = 6; fixed64 zero_count = 7; Buckets positive = 8; Buckets negative = 9; uint32 flags = 10; repeated Exemplar exemplars = 11; optional double min = 12;
  optional double max = 13; double zero_threshold = 14; }
message Buckets { sint32 offset = 1; repeated uint64 bucket_counts = 2; }
message SummaryDataPoint { repeated KeyValue attributes = 7; fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; fixed64 count = 4; double sum = 5;
  repeated ValueAtQuantile quantile_values = 6; uint32 flags = 8; }
message ValueAtQuantile { double quantile = 1; double value = 2; }
message Exemplar { repeated KeyValue filtered_attributes = 7; fixed64 time_unix_nano = 2; oneof value { double as_double = 3; sfixed64 as_int = 6; } bytes span_id = 4; bytes trace_id = 5; }
message LogsRequest { repeated ResourceLogs resource_logs = 1; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; string schema_url = 3; }
message ScopeLogs { Scope scope = 1; repeated LogRecord log_records = 2; string schema_url = 3; }
message LogRecord { fixed64 time_unix_nano = 1; fixed64 observed_time_unix_nano = 11; int32 severity_number = 2; string severity_text = 3; AnyValue body = 5;
  repeated KeyValue attributes = 6; uint32 dropped_attributes_count = 7; fixed32 flags = 8; bytes trace_id = 9; bytes span_id = 10; string event_name = 12; }
message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
message Scope { string name = 1; string version = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4; }
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; ArrayValue array_value = 5; KeyValueList kvlist_value = 6;
  bytes bytes_value = 7; } }
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }`);
const TYPES: Record<Signal, protobuf.Type> = { metrics: root.lookupType("MetricsRequest"), logs: root.lookupType("LogsRequest") };

export function encodeRequest(signal: Signal, request: object): Buffer {
  return Buffer.from(TYPES[signal].encode(TYPES[signal].fromObject(request)).finish());
}

/** As JSON would have it, but 64-bit integers are texts and bytes are hexadecimal throughout. */
export function decodeRequest(signal: Signal, bytes: Uint8Array): unknown {
  const plain = JSON.stringify(TYPES[signal].toObject(TYPES[signal].decode(bytes), { longs: String }));
  return JSON.parse(plain, (_key, value) => (value?.type === "Buffer" ? Buffer.from(value.data).toString("hex") : value));
}

const resource = { attributes: [{ key: "service.name", value: { stringValue: "shop" } }] };

/** A request of `count` items, each with a number of its own from `first` on, as OTLP/JSON. Metrics come in all kinds, some with several points. */
export function numberedRequest(signal: Signal, first: number, count: number): object {
  const numbers = Array.from({ length: count }, (_, i) => first + i);
  const scope = { name: "numbered" };
  const numbered = (number: number) => [{ key: "number", value: { intValue: String(number) } }];
  if (signal === "logs") {
    const logRecords = numbers.map((number) => ({
      ...{ timeUnixNano: "1700000000000000000", severityNumber: 9, body: { stringValue: `record ${number}` } },
      ...{ attributes: numbered(number), traceId: "5b8efff798038103d269b633813fc60c", spanId: "eee19b7ec3c1b174" },
    }));
    return { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords }] }] };
  }
  const kinds: ((number: number) => object)[] = [
    (n) => ({ name: "g", gauge: { dataPoints: [{ attributes: numbered(n), timeUnixNano: "1700000000000000000", asDouble: n / 3 }] } }),
    (n) => ({ name: "s", sum: { dataPoints: [{ attributes: numbered(n), asInt: String(n) }], aggregationTemporality: 2, isMonotonic: true } }),
    (n) => ({ name: "h", histogram: { dataPoints: [{ attributes: numbered(n), count: "3", sum: 4.5, bucketCounts: ["1", "2"], explicitBounds: [1] }] } }),
    (n) => ({
      name: "e",
      exponentialHistogram: { dataPoints: [{ attributes: numbered(n), count: "7", scale: -3, positive: { offset: -2, bucketCounts: ["3", "300"] } }] },
    }),
    (n) => ({ name: "q", summary: { dataPoints: [{ attributes: numbered(n), count: "1", sum: 2, quantileValues: [{ quantile: 0.5, value: 2 }] }] } }),
  ];
  return { resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics: numbers.map((number, i) => kinds[i % kinds.length](number)) }] }] };
}

/** The same as protobuf. */
export function encodeNumbered(signal: Signal, first: number, count: number): Buffer {
  return encodeRequest(signal, withIds(numberedRequest(signal, first, count)));
}

/** protobufjs takes bytes as base64. */
function withIds(value: unknown): object {
  const base64 = (key: string, given: unknown) =>
    (key === "traceId" || key === "spanId") && typeof given === "string" ? Buffer.from(given, "hex").toString("base64") : given;
  return JSON.parse(JSON.stringify(value), base64);
}

/** The numbers in a request that was made so, in order. */
export function numbersIn(signal: Signal, bytes: Uint8Array): number[] {
  const found: number[] = [];
  JSON.stringify(decodeRequest(signal, bytes), (_key, value) => {
    if (value?.key === "number") found.push(Number(value.value.intValue));
    return value;
  });
  return found;
}
