import type { Signal } from "#domain/pipeline/signals.ts";
import { BREAKER_STATES, type DestinationFigures, WAL_STATES } from "#domain/telemetry/measurement.ts";
import type { ReasonTotals } from "./ledger.ts";
import type { Family, Sample } from "./prometheusText.ts";
import type { SignalFigures } from "./signalLedger.ts";

type Reasons = { drop: readonly string[]; refusal: readonly string[] };
type Reading = (of: SignalFigures) => number;

const ITEMS: Record<Signal, { name: string; words: string }> = {
  metrics: { name: "headgate_metric_points", words: "Data points of metrics" },
  logs: { name: "headgate_log_records", words: "Log records" },
};

/** Metrics and logs on their way through, apart from spans: received = queued + delivered + dropped. Names are promised to users and dashboards. */
export function signalMetrics(all: readonly SignalFigures[], reasons: Reasons): Family[] {
  const each = (name: string, type: "counter" | "gauge", help: string, value: Reading): Family => ({
    name,
    type,
    help,
    samples: all.map((figures) => ({ labels: { signal: figures.signal }, value: value(figures) })),
  });
  const bytes = (of: (destination: DestinationFigures) => number): Reading => {
    return ({ destination }) => (destination === undefined ? 0 : of(destination));
  };
  return [
    ...all.flatMap((figures) => itemMetrics(figures, reasons)),
    each("headgate_signal_requests_total", "counter", "Requests of metrics and logs accepted.", ({ requests }) => requests),
    {
      name: "headgate_signal_requests_refused_total",
      type: "counter",
      help: "Refused requests of metrics and logs, by reason.",
      samples: all.flatMap(({ signal, refusedByReason }) => byReason(reasons.refusal, refusedByReason, "requests", { signal })),
    },
    each("headgate_signal_received_bytes_total", "counter", "Bytes of request bodies as they came in.", ({ bytesReceived }) => bytesReceived),
    each("headgate_signal_delivered_bytes_total", "counter", "Bytes delivered, before compression.", ({ bytesDelivered }) => bytesDelivered),
    each("headgate_signal_export_failures_total", "counter", "Tries of delivery that failed.", ({ failedTries }) => failedTries),
    each(
      "headgate_signal_memory_bytes",
      "gauge",
      "Held in memory for delivery.",
      bytes(({ memoryBytes }) => memoryBytes),
    ),
    each(
      "headgate_signal_wal_bytes",
      "gauge",
      "Size of the write-ahead log on disk.",
      bytes(({ walBytes }) => walBytes),
    ),
    each(
      "headgate_signal_wal_capacity_bytes",
      "gauge",
      "Bound of the write-ahead log; 0 when there is none.",
      bytes(({ walBytesMax }) => walBytesMax),
    ),
    states("headgate_signal_wal_state", "1 for the state that the write-ahead log is in.", WAL_STATES, all, ({ wal }) => wal),
    states("headgate_signal_breaker_state", "1 for the state that the circuit breaker is in.", BREAKER_STATES, all, ({ breaker }) => breaker),
  ];
}

function itemMetrics(figures: SignalFigures, reasons: Reasons): Family[] {
  const { name, words } = ITEMS[figures.signal];
  const one = (suffix: string, type: "counter" | "gauge", help: string, value: number): Family => ({
    name: `${name}_${suffix}`,
    type,
    help: `${words} ${help}`,
    samples: [{ value }],
  });
  const reasoned = (suffix: string, help: string, samples: Sample[]): Family => ({
    name: `${name}_${suffix}`,
    type: "counter",
    help: `${words} ${help}`,
    samples,
  });
  return [
    one("received_total", "counter", "of accepted requests.", figures.received),
    one("recovered_total", "counter", "back from the write-ahead log at the start; they are received ones too.", figures.recovered),
    one("queued", "gauge", "not yet answered by the backend.", figures.queued),
    one("delivered_total", "counter", "that the backend took.", figures.delivered),
    reasoned("dropped_total", "that were lost, by reason.", byReason(reasons.drop, figures.droppedByReason, "spans")),
    reasoned("refused_total", "of refused requests, where they could be counted, by reason.", byReason(reasons.refusal, figures.refusedByReason, "spans")),
  ];
}

/** Every known reason is there from the start, so that a rate over its first occurrence is seen. */
function byReason(known: readonly string[], totals: ReadonlyMap<string, ReasonTotals>, of: keyof ReasonTotals, labels: Record<string, string> = {}): Sample[] {
  return known.map((reason) => ({ labels: { ...labels, reason }, value: totals.get(reason)?.[of] ?? 0 }));
}

/** None for a signal that has no way. */
function states(name: string, help: string, known: readonly string[], all: readonly SignalFigures[], of: (destination: DestinationFigures) => string): Family {
  const samples = all.flatMap(({ signal, destination }) =>
    destination === undefined ? [] : known.map((state) => ({ labels: { signal, state }, value: of(destination) === state ? 1 : 0 })),
  );
  return { name, type: "gauge", help, samples };
}
