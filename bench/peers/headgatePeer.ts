import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { EARLY_CAUSES } from "#domain/sampling/explanation.ts";
import { fetchProfile, ready, scrape, start } from "../collector-load/benchProcesses.ts";
import type { PeerSetting, RunningPeer } from "./runningPeer.ts";
import { IMPORTANT, IMPORTANT_RATIO, MEMORY_BYTES, REST_RATIO, SLOW_MS } from "./works.ts";

const keep = (ratio: number) => ({ kind: "ratio", ratio });
const TIERS = [
  { name: "errors", condition: { kind: "status", is: "error" }, keep: keep(1) },
  { name: "slow", condition: { kind: "latency", aboveMs: SLOW_MS }, keep: keep(1) },
  { name: "important", condition: { kind: "endpoint", match: "contains", values: IMPORTANT }, keep: keep(IMPORTANT_RATIO) },
  { name: "default", condition: { kind: "always" }, keep: keep(REST_RATIO) },
];

const COUNTS = ["headgate_spans_dropped_total", "headgate_spans_refused_total"];

/** The defaults, but for what both are given: where to, how much memory, the policy, and room for what waits. */
export async function startHeadgate(setting: PeerSetting): Promise<RunningPeer> {
  const { folder, protocol, sink, wal, engine } = setting;
  const config = {
    sampling: sampling(setting),
    pipeline: { memory: { limitBytes: MEMORY_BYTES }, wal: { enabled: wal } },
    ...(engine !== undefined && { receivers: { grpc: { engine }, http: { engine } } }),
    export: { kind: "otlp", protocol, endpoint: `http://127.0.0.1:${sink[protocol]}` },
  };
  writeFileSync(join(folder, "headgate.json"), JSON.stringify(config));
  const process = start("first", ["collector/main.ts", "--config", join(folder, "headgate.json")], {
    HEADGATE_DATA_DIR: join(folder, "data"),
    HEADGATE_OTLP_GRPC_PORT: "0",
    HEADGATE_OTLP_HTTP_PORT: "0",
    HEADGATE_METRICS_PORT: "0",
  });
  const { otlpGrpc, otlpHttp, metrics } = await ready(process);
  return {
    process,
    ports: { grpc: otlpGrpc, http: otlpHttp },
    ownCounts: async () => {
      const count = await scrape(metrics);
      const counts = Object.fromEntries(COUNTS.map((name) => [name, count(name)]));
      const early = EARLY_CAUSES.reduce((sum, cause) => sum + count(`headgate_traces_decided_total{cause="${cause}"}`), 0);
      return { ...counts, decided_early: early };
    },
    profile: (seconds) => fetchProfile(metrics, seconds),
  };
}

function sampling({ work, waitMs, tracesMax, spansMax }: PeerSetting): object {
  if (work === "pass") return { scope: "span", tiers: [{ name: "everything", condition: { kind: "always" }, keep: keep(1) }] };
  if (work === "span") return { scope: "span", tiers: TIERS };
  const bounds = { tracesMax, spansMax, bytesMax: MEMORY_BYTES };
  return { scope: "trace", decisionWaitMs: waitMs, decisionWaitAfterRootMs: waitMs, ...bounds, tiers: TIERS };
}
