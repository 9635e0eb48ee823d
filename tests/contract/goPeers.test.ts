import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, type TestContext } from "vitest";
import { type CollectorProcess, startCollectorProcess } from "#tests/fixtures/collectorProcess.ts";
import { type CountingSink, startCountingSink } from "#tests/fixtures/countingSink.ts";
import { temporaryFolder } from "#tests/fixtures/environment.ts";
import { missingPeers, startOtelcol, telemetrygen } from "#tests/fixtures/goPeers.ts";
import { type Ledger, unaccounted } from "#tests/fixtures/metrics.ts";
import { waitFor } from "#tests/fixtures/waitFor.ts";

const BUILD_MS = 900_000;
const everything = { name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 1 } };
const quarter = { name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 0.25 } };
const nothing = { name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 0 } };

describe("with the Go programs of the OpenTelemetry project", () => {
  let folder = "";
  let sink: CountingSink;
  const stops: (() => Promise<unknown>)[] = [];

  beforeAll(() => {
    if (missingPeers() && process.env.HEADGATE_PEERS === "build") {
      const built = spawnSync(process.execPath, [join(import.meta.dirname, "..", "..", "scripts", "peers.mjs")], { stdio: "inherit" });
      if (built.status !== 0) throw new Error("the Go peers could not be built");
    }
    folder = temporaryFolder();
  }, BUILD_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeEach(async (context: TestContext) => {
    const missing = missingPeers();
    if (missing) return context.skip(missing);
    sink = await startCountingSink();
    stops.push(() => sink.stop());
  });
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });

  const toSink = () => ({ kind: "otlp", endpoint: `http://127.0.0.1:${sink.grpcPort}` });

  async function collector(tiers: object[], to: object, pipeline: object = {}, scope: "span" | "trace" = "span"): Promise<CollectorProcess> {
    const sampling = scope === "trace" ? { scope, decisionWaitMs: 500, tiers } : { tiers };
    const started = await startCollectorProcess({ sampling, pipeline: { batch: { timeoutMs: 100 }, ...pipeline }, export: to });
    stops.push(() => started.stop());
    return started;
  }

  async function otelcol(rest: Parameters<typeof startOtelcol>[1]) {
    const started = await startOtelcol(folder, rest);
    stops.push(() => started.process.stop());
    return started;
  }

  /** The ledger once `spans` spans came in and nothing is on its way any more. */
  function afterSpans(of: CollectorProcess, spans: number): Promise<Ledger> {
    return waitFor(`${spans} spans`, async () => {
      const now = await of.ledger();
      expect(unaccounted(now)).toBe(0);
      return now.received === spans && now.queued === 0 && now.waiting === 0 && now;
    });
  }

  it("takes every span of telemetrygen over gRPC and over HTTP and delivers it", async () => {
    const ours = await collector([everything], toSink());
    await telemetrygen(["--otlp-endpoint", `127.0.0.1:${ours.otlpGrpc}`, "--traces", "200", "--child-spans", "2", "--rate", "0"]);
    await telemetrygen(["--otlp-http", "--otlp-endpoint", `127.0.0.1:${ours.otlpHttp}`, "--traces", "200", "--child-spans", "2", "--rate", "0"]);
    const ledger = await afterSpans(ours, 1200);
    expect(ledger).toMatchObject({ delivered: 1200, sampledOut: 0, dropped: 0, refused: 0 });
    expect(sink.spans.size).toBe(1200);
    expect(sink.total()).toBe(1200);
  });

  it("reads the conditions' fields in the order that the real Collector writes them, which is descending", async () => {
    const tiers = [
      { name: "by service", condition: { kind: "service", match: "exact", values: ["payments"] }, keep: { kind: "ratio", ratio: 1 } },
      {
        name: "by attribute",
        condition: { kind: "attribute", key: "http.response.status_code", op: "atLeast", value: 500 },
        keep: { kind: "ratio", ratio: 1 },
      },
      { name: "by status", condition: { kind: "status", is: "error" }, keep: { kind: "ratio", ratio: 1 } },
      { name: "by latency", condition: { kind: "latency", aboveMs: 500 }, keep: { kind: "ratio", ratio: 1 } },
      { name: "by endpoint", condition: { kind: "endpoint", match: "exact", values: ["/api/pay"] }, keep: { kind: "ratio", ratio: 1 } },
      nothing,
    ];
    const ours = await collector(tiers, toSink());
    const between = await otelcol({
      exporters: { otlp: { endpoint: `127.0.0.1:${ours.otlpGrpc}`, tls: { insecure: true }, compression: "gzip" } },
      pipeline: { exporters: ["otlp"] },
    });
    const send = (...args: string[]) =>
      telemetrygen(["--otlp-endpoint", `127.0.0.1:${between.grpc}`, "--traces", "50", "--child-spans", "1", "--rate", "0", ...args]);
    await send("--service", "payments");
    await send("--service", "others", "--telemetry-attributes", "http.response.status_code=503");
    await send("--service", "others", "--status-code", "Error");
    await send("--service", "others", "--span-duration", "600ms");
    await send("--service", "others", "--telemetry-attributes", 'http.route="/api/pay"');
    await send("--service", "others", "--telemetry-attributes", "http.response.status_code=200");
    const ledger = await afterSpans(ours, 600);
    expect(ledger).toMatchObject({ delivered: 500, sampledOut: 100, dropped: 0 });
    expect(sink.spans.size).toBe(500);
  });

  it.each([
    ["grpc", "none"],
    ["grpc", "gzip"],
    ["grpc", "zstd"],
    ["http", "none"],
    ["http", "gzip"],
    ["http", "zstd"],
  ] as const)("delivers to the real Collector over %s with compression %s, and nothing is lost on the way", async (protocol, compression) => {
    const backend = await otelcol({
      exporters: { otlp: { endpoint: `127.0.0.1:${sink.grpcPort}`, tls: { insecure: true } } },
      pipeline: { exporters: ["otlp"] },
    });
    const ours = await collector([everything], { kind: "otlp", protocol, compression, endpoint: `http://127.0.0.1:${backend[protocol]}` });
    await telemetrygen(["--otlp-endpoint", `127.0.0.1:${ours.otlpGrpc}`, "--traces", "300", "--child-spans", "4", "--rate", "0"]);
    expect(await afterSpans(ours, 1500)).toMatchObject({ delivered: 1500, dropped: 0 });
    await waitFor("all spans behind the real Collector", () => sink.spans.size === 1500);
  });

  it.each([
    ["otlp", "gzip", undefined],
    ["otlp", "zstd", undefined],
    ["otlp", "none", undefined],
    ["otlphttp", "gzip", "proto"],
    ["otlphttp", "zstd", "proto"],
    ["otlphttp", "gzip", "json"],
    ["otlphttp", "none", "json"],
  ] as const)("takes what the real Collector sends with its exporter %s, compression %s, encoding %s", async (exporter, compression, encoding) => {
    const ours = await collector(
      [{ name: "named", condition: { kind: "service", match: "exact", values: ["payments"] }, keep: { kind: "ratio", ratio: 1 } }, nothing],
      toSink(),
    );
    const endpoint = exporter === "otlp" ? `127.0.0.1:${ours.otlpGrpc}` : `http://127.0.0.1:${ours.otlpHttp}`;
    const between = await otelcol({
      exporters: { [exporter]: { endpoint, tls: { insecure: true }, compression, ...(encoding ? { encoding } : {}) } },
      pipeline: { exporters: [exporter] },
    });
    await telemetrygen(["--otlp-endpoint", `127.0.0.1:${between.grpc}`, "--traces", "50", "--child-spans", "1", "--rate", "0", "--service", "payments"]);
    await telemetrygen(["--otlp-endpoint", `127.0.0.1:${between.grpc}`, "--traces", "30", "--child-spans", "1", "--rate", "0", "--service", "others"]);
    expect(await afterSpans(ours, 160)).toMatchObject({ delivered: 100, sampledOut: 60, dropped: 0, refused: 0 });
    expect(sink.spans.size).toBe(100);
  });

  it("refuses with a delay that makes the real Collector try again, so that nothing is lost while the backend is away", async () => {
    sink.mode = "refuse";
    const ours = await collector([everything], toSink(), {
      queue: { spansMax: 300 },
      retry: { maxMs: 200 },
      breaker: { openForMs: 300 },
      wal: { enabled: false },
    });
    const between = await otelcol({
      exporters: {
        otlp: { endpoint: `127.0.0.1:${ours.otlpGrpc}`, tls: { insecure: true }, retry_on_failure: { initial_interval: "100ms", max_interval: "500ms" } },
      },
      pipeline: { exporters: ["otlp"] },
    });
    await telemetrygen(["--otlp-endpoint", `127.0.0.1:${between.grpc}`, "--traces", "200", "--child-spans", "4", "--rate", "0", "--batch-size", "50"]);
    await waitFor("a refusal", async () => (await ours.ledger()).refused > 0);
    sink.mode = "accept";
    expect(await afterSpans(ours, 1000)).toMatchObject({ delivered: 1000, dropped: 0 });
    expect(sink.spans.size).toBe(1000);
  });

  it.each(["span", "trace"] as const)(
    "keeps in %s scope what the real Collector's consistent sampler kept at the same ratio, and the other way round",
    async (scope) => {
      // Proportional takes its share of what arrives; equalizing tops up to it, so on traces that were thinned to the same ratio it takes all.
      const sampler = (mode: "proportional" | "equalizing") => ({ probabilistic_sampler: { mode, sampling_percentage: 25, sampling_precision: 14 } });
      const behind = await collector([quarter], toSink(), {}, scope);
      const first = await otelcol({
        processors: sampler("proportional"),
        exporters: { otlp: { endpoint: `127.0.0.1:${behind.otlpGrpc}`, tls: { insecure: true } } },
        pipeline: { processors: ["probabilistic_sampler"], exporters: ["otlp"] },
      });
      await telemetrygen(["--otlp-endpoint", `127.0.0.1:${first.grpc}`, "--traces", "800", "--child-spans", "1", "--rate", "0"]);
      const theirs = await waitFor("the sampled spans", async () => {
        const now = await behind.ledger();
        return now.received > 0 && now.queued === 0 && now.waiting === 0 && now;
      });
      expect(theirs.sampledOut).toBe(0);
      expect(theirs.received).toBeGreaterThan(250);
      expect(theirs.received).toBeLessThan(550);

      const second = await otelcol({
        processors: sampler("equalizing"),
        exporters: { otlp: { endpoint: `127.0.0.1:${sink.grpcPort}`, tls: { insecure: true } } },
        pipeline: { processors: ["probabilistic_sampler"], exporters: ["otlp"] },
      });
      const seenBefore = sink.spans.size;
      const inFront = await collector([quarter], { kind: "otlp", endpoint: `http://127.0.0.1:${second.grpc}` }, {}, scope);
      await telemetrygen(["--otlp-endpoint", `127.0.0.1:${inFront.otlpGrpc}`, "--traces", "800", "--child-spans", "1", "--rate", "0"]);
      const ours = await afterSpans(inFront, 1600);
      expect(ours.delivered).toBeGreaterThan(250);
      await waitFor("what ours kept, behind the real Collector", () => sink.spans.size - seenBefore === ours.delivered);
      for (const { traceState } of sink.spans.values()) expect(traceState).toContain("ot=th:c");
    },
  );
});
