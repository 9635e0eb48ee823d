import { DEFAULT_DESTINATION } from "#domain/pipeline/routes.ts";
import {
  type DestinationFigures,
  destinationFiguresSchema,
  type Measurement,
  measurementSchema,
  type SignalTotals,
  signalTotalsSchema,
  type TraceFigures,
  traceFiguresSchema,
} from "#domain/telemetry/measurement.ts";
import { headgate } from "#proto/gen/fleet.js";
import type { ConfigReportInput, HelloInput } from "../services/fleet-channel/helloInput.ts";

type Wire = typeof headgate.fleet.v1;
type Fields<Name extends keyof Wire> = Wire[Name] extends new (properties?: infer Properties) => unknown ? NonNullable<Properties> : never;

const { State } = headgate.fleet.v1.ConfigReport;

/** Protobuf types end here. What comes out still has to pass the schema of whoever takes it, except measurements, which are checked. */
export function toHelloInput(hello: Fields<"Hello">): HelloInput {
  return {
    instanceUid: hello.instanceUid ?? "",
    name: hello.name ?? "",
    labels: hello.labels ?? {},
    version: hello.version ?? "",
    runningRevision: hello.runningRevision ?? 0,
    runningHash: hello.runningHash ?? "",
    effectiveConfig: hello.effectiveConfig ?? "",
    otlpGrpcEndpoint: hello.otlpGrpcEndpoint ?? "",
    otlpHttpEndpoint: hello.otlpHttpEndpoint ?? "",
    processStartMs: hello.processStartMs ?? 0,
    capabilities: hello.capabilities ?? [],
    nowMs: hello.nowMs ?? 0,
  };
}

export function toConfigReportInput(report: Fields<"ConfigReport">): ConfigReportInput {
  return {
    state: report.state === State.APPLIED ? "applied" : report.state === State.FAILED ? "failed" : "applying",
    revision: report.revision ?? 0,
    hash: report.hash ?? "",
    failingPath: report.failingPath ?? "",
    reason: report.reason ?? "",
    logLines: report.logLines ?? [],
    tookMs: report.tookMs ?? 0,
    effectiveConfig: report.effectiveConfig ?? "",
    carryOver: report.state === State.APPLIED && report.carryOver ? toCarryOver(report.carryOver) : null,
  };
}

function toCarryOver({ tracesCarriedOver, spansCarriedOver, tracesDecidedEarly, spansDecidedEarly, spansLost }: Fields<"CarryOver">) {
  return {
    tracesCarriedOver: tracesCarriedOver ?? 0,
    spansCarriedOver: spansCarriedOver ?? 0,
    tracesDecidedEarly: tracesDecidedEarly ?? 0,
    spansDecidedEarly: spansDecidedEarly ?? 0,
    spansLost: spansLost ?? 0,
  };
}

/** Null when it is not a measurement as the domain knows it. Fields a message leaves out are zero, as protobuf has it. */
export function toMeasurement(fields: Fields<"Measurement">): Measurement | null {
  const { stages, acknowledgement, tiers, droppedByReason, refusedByReason, trace, destinations, memory, signals, runtime, overlaps, tierWatches } = fields;
  const parsed = measurementSchema.safeParse({
    ...ZEROS,
    ...withoutNull(fields),
    tiers: (tiers ?? []).map(({ name, kept, sampledOut, bytesKept, bytesSampledOut, ratio }) => ({
      name: name ?? "",
      kept: kept ?? 0,
      sampledOut: sampledOut ?? 0,
      bytesKept: bytesKept ?? 0,
      bytesSampledOut: bytesSampledOut ?? 0,
      ratio: ratio ?? null,
    })),
    overlaps: overlaps ? toOverlaps(overlaps) : null,
    tierWatches: (tierWatches ?? []).map(({ key, sinceMs, lastMatchedMs }) => ({
      key: key ?? "",
      sinceMs: sinceMs ?? 0,
      lastMatchedMs: lastMatchedMs ?? null,
    })),
    keepAll: (fields.keepAll ?? []).map(({ id, spans, bytes, active, problem }) => ({
      id: id ?? "",
      spans: spans ?? 0,
      bytes: bytes ?? 0,
      active: active ?? false,
      problem: problem ?? "",
    })),
    trace: toTraceFigures(trace),
    destinations: destinations?.length ? destinations.map(toDestination) : [destinationOfOld(fields)],
    memory: { state: memory?.state || "ok", limitBytes: memory?.limitBytes ?? 0, softBytes: memory?.softBytes ?? 0 },
    signals: (signals ?? []).map(toSignal),
    runtime: runtime ? toRuntime(runtime) : null,
    recording: fields.recording ? toRecording(fields.recording) : null,
    droppedByReason: (droppedByReason ?? []).map(toReason),
    refusedByReason: (refusedByReason ?? []).map(toReason),
    acknowledgement: toHistogram(acknowledgement),
    stages: {
      network: toHistogram(stages?.network),
      queueWait: toHistogram(stages?.queueWait),
      decisionWait: toHistogram(stages?.decisionWait),
      processing: toHistogram(stages?.processing),
      serialization: toHistogram(stages?.serialization),
      export: toHistogram(stages?.export),
    },
  });
  return parsed.success ? parsed.data : null;
}

const NUMBERS = [
  "atMs",
  "windowMs",
  "processStartMs",
  "revision",
  "received",
  "sampledOut",
  "waiting",
  "queued",
  "delivered",
  "dropped",
  "refused",
  "sampleReceived",
  "recovered",
  "kept",
  "requests",
  "bytesReceived",
  "bytesKept",
  "bytesDelivered",
  "queueSpans",
  "queueBytes",
  "queueCapacitySpans",
  "queueCapacityBytes",
  "rssBytes",
  "heapUsedBytes",
  "externalBytes",
  "cpuSeconds",
  "eventLoopDelayP99Ms",
  "archiveBytes",
  "archiveBytesMax",
] as const satisfies readonly (keyof Fields<"Measurement">)[];
const ZEROS = Object.fromEntries(NUMBERS.map((name) => [name, 0]));

function withoutNull(fields: Fields<"Measurement">): Record<string, number> {
  return Object.fromEntries(NUMBERS.flatMap((name) => (typeof fields[name] === "number" ? [[name, fields[name]]] : [])));
}

function toRuntime({ heapTotalBytes, arrayBuffersBytes, eventLoopDelayP50Ms, gcMs, gcLongestMs, threads, openFiles }: Fields<"Runtime">) {
  const numbers = { heapTotalBytes, arrayBuffersBytes, eventLoopDelayP50Ms, gcMs, gcLongestMs };
  return { ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, value ?? 0])), threads: threads ?? null, openFiles: openFiles ?? null };
}

function toRecording({ sinceMs, bytes, bytesMax, share, spansRecorded, spansSkipped, problem }: Fields<"Recording">) {
  const numbers = { sinceMs, bytes, bytesMax, share, spansRecorded, spansSkipped };
  return { ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, value ?? 0])), problem: problem ?? "" };
}

function toOverlaps({ hash, windowMs, spans, lookedAt, pairs, pairsLeftOut }: Fields<"Overlaps">) {
  return {
    ...{ hash: hash ?? "", windowMs: windowMs ?? 0, spans: spans ?? 0, lookedAt: lookedAt ?? 0, pairsLeftOut: pairsLeftOut ?? 0 },
    pairs: (pairs ?? []).map((pair) => ({ first: pair.first ?? 0, second: pair.second ?? 0, lookedAt: pair.lookedAt ?? 0, spans: pair.spans ?? 0 })),
  };
}

const TRACE_NUMBERS = Object.keys(traceFiguresSchema.shape) as (keyof TraceFigures & keyof Fields<"TraceFigures">)[];

/** A collector that is too old to have them is in span scope, where all of them are zero. */
function toTraceFigures(fields: Fields<"TraceFigures"> | null | undefined): Record<string, number> {
  return Object.fromEntries(TRACE_NUMBERS.map((name) => [name, fields?.[name] ?? 0]));
}

const DESTINATION_TEXTS = ["name", "breaker", "lastFailure", "wal", "walProblem"] as const;
const DESTINATION_NUMBERS = Object.keys(destinationFiguresSchema.shape).filter((name) => !(DESTINATION_TEXTS as readonly string[]).includes(name)) as Exclude<
  keyof DestinationFigures,
  (typeof DESTINATION_TEXTS)[number]
>[];

function toDestination(fields: Fields<"Destination">): Record<string, string | number> {
  const { name, breaker, lastFailure, wal, walProblem } = fields;
  const numbers = Object.fromEntries(DESTINATION_NUMBERS.map((key) => [key, fields[key] ?? 0]));
  return { ...numbers, name: name ?? "", breaker: breaker || "closed", lastFailure: lastFailure ?? "", wal: wal || "off", walProblem: walProblem ?? "" };
}

const SIGNAL_TEXTS = ["signal", "breaker", "lastFailure", "wal", "walProblem"] as const;
const SIGNAL_NUMBERS = Object.keys(signalTotalsSchema.shape).filter((name) => !(SIGNAL_TEXTS as readonly string[]).includes(name)) as Exclude<
  keyof SignalTotals,
  (typeof SIGNAL_TEXTS)[number]
>[];

function toSignal(fields: Fields<"Signal">): Record<string, string | number> {
  const { signal, breaker, lastFailure, wal, walProblem } = fields;
  const numbers = Object.fromEntries(SIGNAL_NUMBERS.map((key) => [key, fields[key] ?? 0]));
  return { ...numbers, signal: signal ?? "", breaker: breaker || "closed", lastFailure: lastFailure ?? "", wal: wal || "off", walProblem: walProblem ?? "" };
}

/** A collector that is too old to speak of destinations has one, with neither a breaker that opens nor a log. */
function destinationOfOld({ queueSpans, queueBytes, delivered, dropped, processStartMs }: Fields<"Measurement">): Record<string, string | number> {
  const queued = { queuedSpans: queueSpans ?? 0, memorySpans: queueSpans ?? 0, memoryBytes: queueBytes ?? 0 };
  const since = { breakerSinceMs: processStartMs ?? 0 };
  return { ...toDestination({ name: DEFAULT_DESTINATION }), ...queued, ...since, delivered: delivered ?? 0, dropped: dropped ?? 0 };
}

function toReason({ reason, spans, requests }: Fields<"ReasonCount">) {
  return { reason: reason ?? "", spans: spans ?? 0, requests: requests ?? 0 };
}

function toHistogram(fields: Fields<"Histogram"> | null | undefined) {
  const { scale, count, sum, min, max, zeroCount, offset, counts } = fields ?? {};
  return {
    scale: scale ?? 0,
    count: count ?? 0,
    sum: sum ?? 0,
    min: min ?? 0,
    max: max ?? 0,
    zeroCount: zeroCount ?? 0,
    offset: offset ?? 0,
    counts: counts ?? [],
  };
}
