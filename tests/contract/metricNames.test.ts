import { afterEach, expect, it } from "vitest";
import { type CollectorProcess, startCollectorProcess } from "#tests/fixtures/collectorProcess.ts";
import { sendSpans } from "#tests/fixtures/sendSpans.ts";

let collector: CollectorProcess | undefined;
afterEach(async () => {
  await collector?.stop();
  collector = undefined;
});

/** Dashboards and alerts hold on to these: they change only with a migration note. */
const PROMISED = [
  /^otlp_request_duration_seconds\{quantile="0\.5"\} /m,
  /^otlp_request_duration_seconds\{quantile="0\.9"\} /m,
  /^otlp_request_duration_seconds\{quantile="0\.99"\} /m,
  /^otlp_errors_total(\{.*\})? /m,
  /^otlp_queue_size\{type="spans"\} /m,
  /^process_resident_memory_bytes /m,
  /^process_cpu_seconds_total /m,
  /^headgate_spans_received_total /m,
  /^headgate_spans_sampled_out_total\{tier="default"\} /m,
  /^headgate_spans_kept_total\{tier="errors"\} /m,
  /^headgate_spans_waiting /m,
  /^headgate_traces_decided_total\{cause="wait"\} /m,
  /^headgate_tier_ratio\{tier="default"\} /m,
  /^headgate_spans_queued /m,
  /^headgate_spans_delivered_total /m,
  /^headgate_spans_dropped_total\{reason="[a-z_]+"\} /m,
  /^headgate_spans_refused_total\{reason="[a-z_]+"\} /m,
  /^headgate_stage_duration_seconds_bucket\{(?=.*stage="processing")(?=.*le=").*\} /m,
  /^nodejs_heap_size_used_bytes /m,
  /^nodejs_eventloop_lag_p99_seconds /m,
  /^nodejs_gc_duration_seconds_bucket\{(?=.*kind="minor")(?=.*le=").*\} /m,
  /^headgate_batch_size_spans/m,
  /^headgate_queue_capacity_spans /m,
  /^headgate_metric_points_received_total /m,
  /^headgate_metric_points_queued /m,
  /^headgate_metric_points_delivered_total /m,
  /^headgate_metric_points_dropped_total\{reason="[a-z_]+"\} /m,
  /^headgate_metric_points_refused_total\{reason="[a-z_]+"\} /m,
  /^headgate_log_records_received_total /m,
  /^headgate_log_records_queued /m,
  /^headgate_log_records_delivered_total /m,
  /^headgate_log_records_dropped_total\{reason="[a-z_]+"\} /m,
  /^headgate_log_records_refused_total\{reason="[a-z_]+"\} /m,
  /^headgate_signal_requests_total\{signal="metrics"\} /m,
  /^headgate_signal_requests_refused_total\{signal="logs",reason="[a-z_]+"\} /m,
  /^headgate_signal_breaker_state\{signal="metrics",state="closed"\} /m,
  /^headgate_config_info\{(?=.*revision=")(?=.*hash="[0-9a-f]{64}").*\} 1/m,
];

it("shows every promised name on /metrics, as Prometheus text and as OpenMetrics, and answers /healthz and /readyz", async () => {
  collector = await startCollectorProcess({
    sampling: {
      tiers: [
        { name: "errors", condition: { kind: "status", is: "error" }, keep: { kind: "ratio", ratio: 1 } },
        { name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 0 } },
      ],
    },
    export: { kind: "discard" },
  });
  await sendSpans(collector.otlpHttp, 20);
  const at = (path: string, accept = "*/*") => fetch(`http://127.0.0.1:${collector?.metrics}${path}`, { headers: { accept } });
  const text = await (await at("/metrics")).text();
  expect(PROMISED.filter((name) => !name.test(text)).map(String)).toEqual([]);
  const open = await at("/metrics", "application/openmetrics-text; version=1.0.0");
  expect(open.headers.get("content-type")).toContain("application/openmetrics-text");
  expect((await open.text()).trimEnd().endsWith("# EOF")).toBe(true);
  expect((await at("/healthz")).status).toBe(200);
  expect((await at("/readyz")).status).toBe(200);
});
