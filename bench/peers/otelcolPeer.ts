import { existsSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { scrape, start } from "../collector-load/benchProcesses.ts";
import type { PeerSetting, RunningPeer } from "./runningPeer.ts";
import { IMPORTANT, IMPORTANT_RATIO, MEMORY_BYTES, REST_RATIO, SLOW_MS, SPAN_SHARE } from "./works.ts";

/** Where `npm run peers` leaves it. */
const OTELCOL = join(process.env.HEADGATE_PEERS_DIR ?? join(homedir(), ".cache", "headgate-peers"), "otelcol", "otelcol");

const COUNTS = [
  "otelcol_receiver_refused_spans_total",
  "otelcol_exporter_send_failed_spans_total",
  "otelcol_exporter_enqueue_failed_spans_total",
  "otelcol_processor_tail_sampling_sampling_trace_dropped_too_early_total",
];

/** `undefined` when the real Collector is there, else what to do. */
export function missingOtelcol(): string | undefined {
  return existsSync(OTELCOL) ? undefined : "the OpenTelemetry Collector is not built on this machine; with Go, `npm run peers` builds it (about five minutes)";
}

/** Its defaults, but for what both are given: where to, how much memory, the policy, and room for what waits; plain bytes to the backend. */
export async function startOtelcol(setting: PeerSetting): Promise<RunningPeer> {
  const { folder, protocol, sink, work } = setting;
  const [grpc, http, metrics] = [await freePort(), await freePort(), await freePort()];
  const exporter = protocol === "grpc" ? "otlp" : "otlphttp";
  const endpoint = protocol === "grpc" ? { endpoint: `127.0.0.1:${sink.grpc}`, tls: { insecure: true } } : { endpoint: `http://127.0.0.1:${sink.http}` };
  const sampler = { pass: [], span: ["probabilistic_sampler"], trace: ["tail_sampling"] }[work];
  const config = {
    receivers: { otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${grpc}`, max_recv_msg_size_mib: 16 }, http: { endpoint: `127.0.0.1:${http}` } } } },
    processors: {
      memory_limiter: { check_interval: "1s", limit_mib: MEMORY_BYTES / 2 ** 20 },
      ...(work === "span" && { probabilistic_sampler: { mode: "proportional", sampling_percentage: SPAN_SHARE * 100 } }),
      ...(work === "trace" && { tail_sampling: tailSampling(setting) }),
      batch: {},
    },
    exporters: { [exporter]: { ...endpoint, compression: "none" } },
    service: {
      telemetry: { metrics: { readers: [{ pull: { exporter: { prometheus: { host: "127.0.0.1", port: metrics } } } }] } },
      pipelines: { traces: { receivers: ["otlp"], processors: ["memory_limiter", ...sampler, "batch"], exporters: [exporter] } },
    },
  };
  writeFileSync(join(folder, "otelcol.json"), JSON.stringify(config));
  const process = start("first", ["--config", join(folder, "otelcol.json")], {}, false, OTELCOL);
  await untilReady(process);
  return {
    process,
    ports: { grpc, http },
    ownCounts: async () => {
      const count = await scrape(metrics);
      return Object.fromEntries(COUNTS.map((name) => [name, count(name)]));
    },
  };
}

function tailSampling({ waitMs, tracesMax }: PeerSetting): object {
  const probabilistic = (ratio: number) => ({ name: `share of ${ratio}`, type: "probabilistic", probabilistic: { sampling_percentage: ratio * 100 } });
  const route = { key: "http.route", values: IMPORTANT.map((path) => `.*${path}.*`), enabled_regex_matching: true };
  const important = { name: "route", type: "string_attribute", string_attribute: route };
  return {
    decision_wait: `${waitMs}ms`,
    num_traces: tracesMax,
    // As tiers do: the first that keeps a trace ends the search.
    sample_on_first_match: true,
    policies: [
      { name: "errors", type: "status_code", status_code: { status_codes: ["ERROR"] } },
      { name: "slow", type: "latency", latency: { threshold_ms: SLOW_MS } },
      { name: "important", type: "and", and: { and_sub_policy: [important, probabilistic(IMPORTANT_RATIO)] } },
      { ...probabilistic(REST_RATIO), name: "default" },
    ],
  };
}

function untilReady(process: RunningPeer["process"]): Promise<void> {
  let text = "";
  return new Promise((resolve, reject) => {
    // Read to its end, or it would stand still once the pipe is full.
    process.stdout?.resume();
    process.stderr?.on("data", (chunk: Buffer) => {
      text = (text + chunk).slice(-65_536);
      if (text.includes("Everything is ready")) resolve();
    });
    process.once("error", reject);
    process.once("exit", (code) => reject(new Error(`the OpenTelemetry Collector ended with ${code}: ${text}`)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
