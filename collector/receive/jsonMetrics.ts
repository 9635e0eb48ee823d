import type { BackwardWriter } from "./backwardWriter.ts";
import { double, enumNumber, int32, int64, type JsonObject, list, object, uint64 } from "./jsonFields.ts";
import { attributes, boolean, count, each, fixed64, given, id, resource, scope, textField } from "./jsonMessages.ts";

type WriteMessage = (writer: BackwardWriter, item: JsonObject, path: string) => void;

/** ResourceMetrics as field 1 of ExportMetricsServiceRequest. */
export function resourceMetrics(writer: BackwardWriter, item: JsonObject, path: string): void {
  const mark = writer.mark();
  textField(writer, 3, item.schemaUrl, `${path}.schemaUrl`);
  each(list(item.scopeMetrics, `${path}.scopeMetrics`), `${path}.scopeMetrics`, (one, at) => scopeMetrics(writer, one, at));
  resource(writer, item.resource, `${path}.resource`);
  writer.message(1, mark);
}

function scopeMetrics(writer: BackwardWriter, item: JsonObject, path: string): void {
  const mark = writer.mark();
  textField(writer, 3, item.schemaUrl, `${path}.schemaUrl`);
  each(list(item.metrics, `${path}.metrics`), `${path}.metrics`, (one, at) => metric(writer, one, at));
  scope(writer, item.scope, `${path}.scope`);
  writer.message(2, mark);
}

function metric(writer: BackwardWriter, item: JsonObject, path: string): void {
  const mark = writer.mark();
  attributes(writer, 12, item.metadata, `${path}.metadata`);
  data(writer, 11, item.summary, `${path}.summary`, summaryPoint);
  data(writer, 10, item.exponentialHistogram, `${path}.exponentialHistogram`, exponentialPoint);
  data(writer, 9, item.histogram, `${path}.histogram`, histogramPoint);
  data(writer, 7, item.sum, `${path}.sum`, numberPoint);
  data(writer, 5, item.gauge, `${path}.gauge`, numberPoint);
  textField(writer, 3, item.unit, `${path}.unit`);
  textField(writer, 2, item.description, `${path}.description`);
  textField(writer, 1, item.name, `${path}.name`);
  writer.message(2, mark);
}

/** Gauge, Sum, Histogram, ExponentialHistogram or Summary: what one does not have is not given either. */
function data(writer: BackwardWriter, field: number, value: unknown, path: string, point: WriteMessage): void {
  const item = object(value, path);
  if (item === undefined) return;
  const mark = writer.mark();
  if (given(item.isMonotonic) && boolean(item.isMonotonic, `${path}.isMonotonic`)) writer.uint32(3, 1);
  const temporality = enumNumber(item.aggregationTemporality, `${path}.aggregationTemporality`);
  if (temporality !== 0) writer.uint32(2, temporality);
  each(list(item.dataPoints, `${path}.dataPoints`), `${path}.dataPoints`, (one, at) => point(writer, one, at));
  writer.message(field, mark);
}

function numberPoint(writer: BackwardWriter, item: JsonObject, path: string): void {
  const mark = writer.mark();
  count(writer, 8, item.flags, `${path}.flags`);
  attributes(writer, 7, item.attributes, `${path}.attributes`);
  exemplars(writer, 5, item.exemplars, `${path}.exemplars`);
  number(writer, { asInt: 6, asDouble: 4 }, item, path);
  times(writer, item, path);
  writer.message(1, mark);
}

function histogramPoint(writer: BackwardWriter, item: JsonObject, path: string): void {
  const mark = writer.mark();
  doubles(writer, 12, item.max, `${path}.max`);
  doubles(writer, 11, item.min, `${path}.min`);
  count(writer, 10, item.flags, `${path}.flags`);
  attributes(writer, 9, item.attributes, `${path}.attributes`);
  exemplars(writer, 8, item.exemplars, `${path}.exemplars`);
  const bounds = list(item.explicitBounds, `${path}.explicitBounds`);
  packed(writer, 7, bounds, 8, (out, at, i) => out.writeDoubleLE(double(bounds[i], `${path}.explicitBounds[${i}]`), at));
  const counts = list(item.bucketCounts, `${path}.bucketCounts`);
  packed(writer, 6, counts, 8, (out, at, i) => out.writeBigUInt64LE(uint64(counts[i], `${path}.bucketCounts[${i}]`), at));
  doubles(writer, 5, item.sum, `${path}.sum`);
  fixed64(writer, 4, item.count, `${path}.count`);
  times(writer, item, path);
  writer.message(1, mark);
}

function exponentialPoint(writer: BackwardWriter, item: JsonObject, path: string): void {
  const mark = writer.mark();
  if (given(item.zeroThreshold)) doubles(writer, 14, item.zeroThreshold, `${path}.zeroThreshold`);
  doubles(writer, 13, item.max, `${path}.max`);
  doubles(writer, 12, item.min, `${path}.min`);
  exemplars(writer, 11, item.exemplars, `${path}.exemplars`);
  count(writer, 10, item.flags, `${path}.flags`);
  buckets(writer, 9, item.negative, `${path}.negative`);
  buckets(writer, 8, item.positive, `${path}.positive`);
  fixed64(writer, 7, item.zeroCount, `${path}.zeroCount`);
  signed(writer, 6, item.scale, `${path}.scale`);
  doubles(writer, 5, item.sum, `${path}.sum`);
  fixed64(writer, 4, item.count, `${path}.count`);
  times(writer, item, path);
  attributes(writer, 1, item.attributes, `${path}.attributes`);
  writer.message(1, mark);
}

function buckets(writer: BackwardWriter, field: number, value: unknown, path: string): void {
  const item = object(value, path);
  if (item === undefined) return;
  const mark = writer.mark();
  const counts = list(item.bucketCounts, `${path}.bucketCounts`);
  if (counts.length > 0) {
    const inner = writer.mark();
    for (let i = counts.length - 1; i >= 0; i--) writer.varint64(uint64(counts[i], `${path}.bucketCounts[${i}]`));
    writer.message(2, inner);
  }
  signed(writer, 1, item.offset, `${path}.offset`);
  writer.message(field, mark);
}

function summaryPoint(writer: BackwardWriter, item: JsonObject, path: string): void {
  const mark = writer.mark();
  count(writer, 8, item.flags, `${path}.flags`);
  attributes(writer, 7, item.attributes, `${path}.attributes`);
  each(list(item.quantileValues, `${path}.quantileValues`), `${path}.quantileValues`, (one, at) => {
    const inner = writer.mark();
    doubles(writer, 2, one.value, `${at}.value`);
    doubles(writer, 1, one.quantile, `${at}.quantile`);
    writer.message(6, inner);
  });
  doubles(writer, 5, item.sum, `${path}.sum`);
  fixed64(writer, 4, item.count, `${path}.count`);
  times(writer, item, path);
  writer.message(1, mark);
}

function exemplars(writer: BackwardWriter, field: number, value: unknown, path: string): void {
  each(list(value, path), path, (item, at) => {
    const mark = writer.mark();
    attributes(writer, 7, item.filteredAttributes, `${at}.filteredAttributes`);
    number(writer, { asInt: 6, asDouble: 3 }, item, at);
    id(writer, 5, item.traceId, 16, `${at}.traceId`);
    id(writer, 4, item.spanId, 8, `${at}.spanId`);
    fixed64(writer, 2, item.timeUnixNano, `${at}.timeUnixNano`);
    writer.message(field, mark);
  });
}

/** A oneof: 0 is a value like any other. */
function number(writer: BackwardWriter, fields: { asInt: number; asDouble: number }, item: JsonObject, path: string): void {
  if (given(item.asInt)) writer.fixed64(fields.asInt, BigInt.asUintN(64, int64(item.asInt, `${path}.asInt`)));
  else doubles(writer, fields.asDouble, item.asDouble, `${path}.asDouble`);
}

function times(writer: BackwardWriter, item: JsonObject, path: string): void {
  fixed64(writer, 3, item.timeUnixNano, `${path}.timeUnixNano`);
  fixed64(writer, 2, item.startTimeUnixNano, `${path}.startTimeUnixNano`);
}

/** Whatever is given is written, also 0: some of these fields can be absent. */
function doubles(writer: BackwardWriter, field: number, value: unknown, path: string): void {
  if (given(value)) writer.double(field, double(value, path));
}

/** sint32, zigzag. */
function signed(writer: BackwardWriter, field: number, value: unknown, path: string): void {
  const number = int32(value, path);
  if (number !== 0) writer.uint32(field, ((number << 1) ^ (number >> 31)) >>> 0);
}

function packed(
  writer: BackwardWriter,
  field: number,
  items: readonly unknown[],
  bytesEach: number,
  write: (out: Buffer, at: number, i: number) => void,
): void {
  if (items.length === 0) return;
  const out = Buffer.allocUnsafe(items.length * bytesEach);
  for (let i = 0; i < items.length; i++) write(out, i * bytesEach, i);
  writer.bytes(field, out);
}
