import { DEFAULT_DESTINATION } from "#domain/pipeline/routes.ts";
import { DECISION_CAUSES } from "#domain/sampling/explanation.ts";
import { ExponentialHistogram } from "#domain/telemetry/exponentialHistogram.ts";
import { BREAKER_STATES, type DestinationFigures, MEMORY_STATES, type RecordingFigures, STAGES, WAL_STATES } from "#domain/telemetry/measurement.ts";
import { CONNECTION_ENDS } from "../receive/grpcEngine.ts";
import type { ReceiverFigures } from "../security/receiverSecurity.ts";
import { BUCKET_BOUNDS } from "./bucketCounts.ts";
import { GC_KINDS } from "./gcPauses.ts";
import type { ReasonTotals } from "./ledger.ts";
import type { BucketFigures, PlaneFigures, TimerFigures } from "./planeFigures.ts";
import type { ProfilerFigures } from "./profiler.ts";
import type { Family, Sample } from "./prometheusText.ts";
import type { DelayFigures, ProcessFigures } from "./runtime.ts";
import { signalMetrics } from "./signalMetrics.ts";

export type MetricsParts = {
  figures: PlaneFigures;
  process: ProcessFigures;
  /** Of the last full second. */
  eventLoopDelay: DelayFigures;
  processStartMs: number;
  config: { revision: number; hash: string };
  dropReasons: readonly string[];
  refusalReasons: readonly string[];
  profiler: ProfilerFigures;
};

/** Every metric of a scrape, read in one tick. Names are promised to users and dashboards. */
export function collectorMetrics(parts: MetricsParts): Family[] {
  const { figures, process } = parts;
  const { ledger, timers, archive, trace } = figures;
  const { tiers } = ledger;
  return [
    {
      name: "otlp_request_duration_seconds",
      type: "summary",
      help: "First byte in to answer out; quantiles over the last minute.",
      samples: durations(timers),
    },
    counter("otlp_errors_total", "Requests that were refused, and tries of delivery that failed.", ledger.refusedRequests + ledger.failedTries),
    {
      name: "otlp_queue_size",
      type: "gauge",
      help: "Kept spans not yet answered by the backend.",
      samples: [{ labels: { type: "spans" }, value: ledger.queued }],
    },
    gauge("process_resident_memory_bytes", "Resident memory.", process.rssBytes),
    counter("process_cpu_seconds_total", "User and system time.", process.cpuSeconds),
    ...runtimeMetrics(parts),
    gauge("process_start_time_seconds", "When the process started, Unix time.", parts.processStartMs / 1000),
    counter("headgate_requests_total", "Requests accepted.", ledger.requests),
    counter("headgate_spans_received_total", "Spans of accepted requests.", ledger.received),
    {
      name: "headgate_spans_sampled_out_total",
      type: "counter",
      help: "Spans that the sampling policy did not keep, by the tier that decided.",
      samples: tiers.map((tier) => ({ labels: { tier: tier.name }, value: tier.sampledOut })),
    },
    {
      name: "headgate_spans_kept_total",
      type: "counter",
      help: "Spans that the sampling policy kept, by the tier that decided.",
      samples: tiers.map((tier) => ({ labels: { tier: tier.name }, value: tier.kept })),
    },
    {
      name: "headgate_tier_ratio",
      type: "gauge",
      help: "Share that a tier of the running policy keeps at this moment; of a budget tier the one in force.",
      samples: Array.from(figures.ratios, ([tier, value]) => ({ labels: { tier }, value })),
    },
    gauge("headgate_spans_waiting", "Spans waiting for their trace's decision.", ledger.waiting),
    gauge("headgate_traces_waiting", "Traces waiting for their decision.", trace.waitingTraces),
    gauge("headgate_waiting_held_bytes", "Memory that waiting spans hold.", trace.heldBytes),
    gauge("headgate_waiting_traces_limit", "Traces that may wait; 0 where spans are decided one by one.", trace.tracesMax),
    gauge("headgate_waiting_spans_limit", "Spans that may wait; 0 where spans are decided one by one.", trace.spansMax),
    gauge("headgate_waiting_bytes_limit", "Memory that waiting spans may hold; 0 where spans are decided one by one.", trace.bytesMax),
    {
      name: "headgate_traces_decided_total",
      type: "counter",
      help: "Traces decided, by what began the decision; tracesMax, spansMax, bytesMax, policyChange and shutdown are before their time.",
      samples: DECISION_CAUSES.map((cause) => ({ labels: { cause }, value: figures.decidedByCause.get(cause) ?? 0 })),
    },
    {
      name: "headgate_traces_outcome_total",
      type: "counter",
      help: "Traces decided, by outcome.",
      samples: [
        { labels: { outcome: "kept" }, value: trace.tracesKept },
        { labels: { outcome: "sampled_out" }, value: trace.tracesSampledOut },
      ],
    },
    {
      name: "headgate_spans_late_total",
      type: "counter",
      help: "Spans that came after the decision on their trace and followed it.",
      samples: [
        { labels: { outcome: "kept" }, value: trace.lateKept },
        { labels: { outcome: "sampled_out" }, value: trace.lateSampledOut },
      ],
    },
    gauge("headgate_decision_cache_entries", "Decisions remembered for late spans.", trace.cacheEntries),
    {
      name: "headgate_decision_cache_lookups_total",
      type: "counter",
      help: "Looks for a decision on a trace that does not wait; a miss is a new trace.",
      samples: [
        { labels: { result: "hit" }, value: trace.cacheHits },
        { labels: { result: "miss" }, value: trace.cacheMisses },
      ],
    },
    counter("headgate_decision_cache_evictions_total", "Decisions forgotten before their time, because newer ones needed the room.", trace.cacheEvictions),
    counter("headgate_decision_cache_expirations_total", "Decisions forgotten when their time to live was over.", trace.cacheExpirations),
    gauge("headgate_spans_queued", "Kept spans not yet answered by the backend.", ledger.queued),
    counter("headgate_spans_delivered_total", "Kept spans that the backend took.", ledger.delivered),
    byReason("headgate_spans_dropped_total", "Kept spans that were lost, by reason.", parts.dropReasons, ledger.droppedByReason, "spans"),
    byReason(
      "headgate_spans_refused_total",
      "Spans of refused requests, where they could be counted, by reason.",
      parts.refusalReasons,
      ledger.refusedByReason,
      "spans",
    ),
    byReason("headgate_requests_refused_total", "Refused requests, by reason.", parts.refusalReasons, ledger.refusedByReason, "requests"),
    {
      name: "headgate_grpc_connections_ended_total",
      type: "counter",
      help: "OTLP/gRPC connections that have ended, by how: client and drained are as it should be.",
      samples: CONNECTION_ENDS.map((reason) => ({ labels: { reason }, value: figures.grpcConnectionsEnded.get(reason) ?? 0 })),
    },
    counter("headgate_spans_from_sample_traffic_total", "Received spans that the sample-traffic generator sent.", ledger.sampleReceived),
    counter("headgate_received_bytes_total", "Bytes of request bodies as they came in.", ledger.bytesReceived),
    counter("headgate_kept_bytes_total", "Bytes of kept spans.", ledger.bytesKept),
    counter("headgate_delivered_bytes_total", "Bytes delivered, before compression.", ledger.bytesDelivered),
    counter("headgate_export_failures_total", "Tries of delivery that failed.", ledger.failedTries),
    { name: "headgate_stage_duration_seconds", type: "histogram", help: "Time in each stage, per request or batch.", samples: stages(timers) },
    ...destinationMetrics(figures.destinations),
    ...signalMetrics(figures.signals, { drop: parts.dropReasons, refusal: parts.refusalReasons }),
    gauge("headgate_wal_waiting_bytes", "Size of the write-ahead log of what waits for a decision.", figures.waitingLogBytes),
    states("headgate_memory_state", "1 for the state that the memory limiter is in.", MEMORY_STATES, [{ name: "", state: figures.memory.state }]),
    gauge("headgate_memory_limit_bytes", "Resident memory at which everything is refused.", figures.memory.limitBytes),
    gauge("headgate_memory_soft_limit_bytes", "Resident memory from which tiers are shed.", figures.memory.softBytes),
    counter(
      "headgate_spans_recovered_total",
      "Of the spans received: those that a process before this one had received, back from the write-ahead log.",
      ledger.recovered,
    ),
    ...receiverMetrics(figures.receivers),
    gauge("headgate_queue_capacity_spans", "Spans that may be queued before requests are refused.", figures.queueCapacity.spans),
    gauge("headgate_archive_bytes", "Size of the local archive.", archive.bytes),
    gauge("headgate_archive_capacity_bytes", "Bound of the local archive; 0 when it is not in use.", archive.bytesMax),
    counter("headgate_archive_files_deleted_total", "Oldest archive files deleted to stay within the bound.", archive.filesDeleted),
    counter("headgate_archive_bytes_deleted_total", "Bytes of the archive files deleted.", archive.bytesDeleted),
    ...recordingMetrics(figures.recording),
    counter("headgate_profiles_recorded_total", "CPU and heap profiles of the collector itself that were recorded.", parts.profiler.recorded),
    counter("headgate_profiles_refused_total", "Profiles that were not recorded because one was being recorded already.", parts.profiler.refused),
    {
      name: "headgate_config_info",
      type: "info",
      help: "The running configuration.",
      samples: [{ labels: { revision: String(parts.config.revision), hash: parts.config.hash }, value: 1 }],
    },
  ];
}

function receiverMetrics({ handshakesFailed, connectionsTurnedAway, reloads, reloadsFailed, certificateNotAfterMs }: ReceiverFigures): Family[] {
  return [
    counter("headgate_receiver_tls_handshakes_failed_total", "Connections that came to no TLS session.", handshakesFailed),
    counter("headgate_receiver_connections_turned_away_total", "Connections beyond receivers.connectionsMax.", connectionsTurnedAway),
    {
      name: "headgate_receiver_reloads_total",
      type: "counter",
      help: "Changed files of certificates and tokens, put in force or found broken.",
      samples: [
        { labels: { result: "ok" }, value: reloads },
        { labels: { result: "failed" }, value: reloadsFailed },
      ],
    },
    {
      name: "headgate_receiver_certificate_not_after_timestamp_seconds",
      type: "gauge",
      help: "When the receivers' certificate ends, Unix time; absent without TLS.",
      samples: certificateNotAfterMs === 0 ? [] : [{ value: certificateNotAfterMs / 1000 }],
    },
  ];
}

/** Absent where recording is off. */
function recordingMetrics(recording: RecordingFigures | null): Family[] {
  if (recording === null) return [];
  return [
    gauge("headgate_recording_bytes", "Size of the recording on disk.", recording.bytes),
    gauge("headgate_recording_capacity_bytes", "Bound of the recording.", recording.bytesMax),
    gauge("headgate_recording_share", "Share of the traces that is recorded at this moment.", recording.share),
    {
      name: "headgate_recording_since_timestamp_seconds",
      type: "gauge",
      help: "When the oldest of the recording came, Unix time; absent while there is none.",
      samples: recording.sinceMs === 0 ? [] : [{ value: recording.sinceMs / 1000 }],
    },
    counter("headgate_recording_spans_total", "Spans written to the recording.", recording.spansRecorded),
    counter(
      "headgate_recording_spans_skipped_total",
      "Spans that should have been recorded and were not: the disk was too slow, or failed.",
      recording.spansSkipped,
    ),
    gauge("headgate_recording_healthy", "0 while nothing can be recorded, else 1.", recording.problem === "" ? 1 : 0),
  ];
}

/** By the names that other programs on Node have for them, so that dashboards made for those show ours. */
function runtimeMetrics({ figures: { heap, gc }, process, eventLoopDelay }: MetricsParts): Family[] {
  return [
    ...(process.openFiles === null ? [] : [gauge("process_open_fds", "Open files and sockets.", process.openFiles)]),
    ...(process.threads === null ? [] : [gauge("process_threads", "Threads of the operating system.", process.threads)]),
    gauge("nodejs_heap_size_used_bytes", "Of the heap, what is in use; all threads that receive together.", heap.usedBytes),
    gauge("nodejs_heap_size_total_bytes", "Size of the heap.", heap.totalBytes),
    gauge("nodejs_external_memory_bytes", "Memory outside of the heap that belongs to objects in it, buffers included.", heap.externalBytes),
    gauge("nodejs_array_buffers_bytes", "Of that, buffers.", heap.arrayBuffersBytes),
    gauge(
      "nodejs_eventloop_lag_p50_seconds",
      "How long a turn of the event loop took in the last second: median; of several threads the one that is worst off.",
      eventLoopDelay.p50Ms / 1000,
    ),
    gauge("nodejs_eventloop_lag_p99_seconds", "How long a turn of the event loop took in the last second: 99th percentile.", eventLoopDelay.p99Ms / 1000),
    {
      name: "nodejs_gc_duration_seconds",
      type: "histogram",
      help: "Pauses of garbage collection, by kind.",
      samples: GC_KINDS.flatMap((kind) => histogram({ kind }, gc[kind])),
    },
  ];
}

/** Of the default destination the sample has no further label where the name was promised without one. */
function destinationMetrics(all: readonly DestinationFigures[]): Family[] {
  const each = (name: string, type: "counter" | "gauge", help: string, value: (of: DestinationFigures) => number): Family => ({
    name,
    type,
    help,
    samples: all.map((figures) => ({ labels: labelsOf(figures.name), value: value(figures) })),
  });
  return [
    each("headgate_batch_size_spans", "gauge", "Spans at which a batch is sealed now.", ({ batchSize }) => batchSize),
    states(
      "headgate_breaker_state",
      "1 for the state that the circuit breaker is in.",
      BREAKER_STATES,
      all.map(({ name, breaker }) => ({ name, state: breaker })),
    ),
    each("headgate_breaker_opened_total", "counter", "How often the circuit breaker opened.", ({ breakerOpened }) => breakerOpened),
    each("headgate_delivery_first_tries_total", "counter", "Batches sent for the first time.", ({ firstTries }) => firstTries),
    each("headgate_delivery_retries_total", "counter", "Batches sent again.", ({ retries }) => retries),
    each("headgate_delivery_retries_held_back_total", "counter", "Retries that had to wait for the retry budget.", ({ retriesHeldBack }) => retriesHeldBack),
    each("headgate_wal_bytes", "gauge", "Size of the write-ahead log on disk.", ({ walBytes }) => walBytes),
    each("headgate_wal_capacity_bytes", "gauge", "Bound of the write-ahead log; 0 when there is none.", ({ walBytesMax }) => walBytesMax),
    each("headgate_wal_oldest_age_seconds", "gauge", "Age of the oldest span in it that is not delivered.", ({ walAgeMs }) => walAgeMs / 1000),
    each("headgate_wal_only_spans", "gauge", "Spans that are in the write-ahead log and not in memory.", ({ walOnlySpans }) => walOnlySpans),
    states(
      "headgate_wal_state",
      "1 for the state that the write-ahead log is in.",
      WAL_STATES,
      all.map(({ name, wal }) => ({ name, state: wal })),
    ),
  ];
}

function labelsOf(destination: string): Record<string, string> | undefined {
  return destination === "" || destination === DEFAULT_DESTINATION ? undefined : { destination };
}

function states(name: string, help: string, known: readonly string[], all: readonly { name: string; state: string }[]): Family {
  const samples = all.flatMap((one) => known.map((state) => ({ labels: { ...labelsOf(one.name), state }, value: one.state === state ? 1 : 0 })));
  return { name, type: "gauge", help, samples };
}

function counter(name: string, help: string, value: number): Family {
  return { name, type: "counter", help, samples: [{ value }] };
}

function gauge(name: string, help: string, value: number): Family {
  return { name, type: "gauge", help, samples: [{ value }] };
}

/** Every known reason is there from the start, so that a rate over its first occurrence is seen. */
function byReason(name: string, help: string, known: readonly string[], totals: ReadonlyMap<string, ReasonTotals>, of: keyof ReasonTotals): Family {
  const all = [...known, ...[...totals.keys()].filter((reason) => !known.includes(reason))];
  return { name, type: "counter", help, samples: all.map((reason) => ({ labels: { reason }, value: totals.get(reason)?.[of] ?? 0 })) };
}

function durations({ lastMinute, acknowledgements }: TimerFigures): Sample[] {
  const minute = ExponentialHistogram.fromSnapshot(lastMinute);
  const quantiles = [0.5, 0.9, 0.99].map((q) => ({ labels: { quantile: String(q) }, value: minute.quantile(q) ?? Number.NaN }));
  return [...quantiles, { suffix: "_sum", value: acknowledgements.sum }, { suffix: "_count", value: acknowledgements.count }];
}

function stages(timers: TimerFigures): Sample[] {
  return STAGES.flatMap((stage) => histogram({ stage }, timers.stages[stage]));
}

function histogram(labels: Record<string, string>, { cumulative, count, sum }: BucketFigures): Sample[] {
  const buckets = cumulative.map((value, i) => ({
    suffix: "_bucket",
    labels: { ...labels, le: i < BUCKET_BOUNDS.length ? String(BUCKET_BOUNDS[i]) : "+Inf" },
    value,
  }));
  return [...buckets, { suffix: "_sum", labels, value: sum }, { suffix: "_count", labels, value: count }];
}
