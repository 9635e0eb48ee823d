import { setTimeout as pause } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { type CollectorProcess, startCollectorProcess } from "#tests/fixtures/collectorProcess.ts";
import { type CountingSink, startCountingSink } from "#tests/fixtures/countingSink.ts";
import { unaccounted } from "#tests/fixtures/metrics.ts";
import { startSdk } from "#tests/fixtures/sdkProcess.ts";

/** One minute in the ordinary run; HEADGATE_SOAK_MS=300000 for the long one. */
const soakMs = Number(process.env.HEADGATE_SOAK_MS ?? 60_000);
const BACKEND_UP_MS = 5_000;
const BACKEND_DOWN_MS = 2_000;
const SCRAPE_EVERY_MS = 100;

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

it.each([
  ["span scope", {}],
  ["trace scope", { scope: "trace", decisionWaitMs: 3000, decisionWaitAfterRootMs: 1000 }],
])(
  "accounts for every span at every scrape in %s while the backend restarts, and delivers each kept one",
  async (_, scope) => {
    let sink: CountingSink = await startCountingSink();
    stops.push(() => sink.stop());
    const { grpcPort, httpPort, spans } = sink;
    const collector: CollectorProcess = await startCollectorProcess({
      sampling: {
        ...scope,
        tiers: [
          { name: "errors", condition: { kind: "status", is: "error" }, keep: { kind: "ratio", ratio: 1 } },
          { name: "payments", condition: { kind: "endpoint", match: "contains", values: ["/api/payment"] }, keep: { kind: "ratio", ratio: 0.5 } },
          { name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 0.2 } },
        ],
      },
      pipeline: { batch: { sizeMax: 512, timeoutMs: 200 } },
      export: { kind: "otlp", endpoint: `http://127.0.0.1:${grpcPort}` },
    });
    stops.push(() => collector.stop());

    const senders = [
      startSdk({ protocol: "grpc", endpoint: `http://127.0.0.1:${collector.otlpGrpc}`, rate: 300 }),
      startSdk({ protocol: "http", endpoint: `http://127.0.0.1:${collector.otlpHttp}`, rate: 300 }),
    ];
    let running = true;
    const backend = (async () => {
      for (let turn = 0; running; turn++) {
        await pause(BACKEND_UP_MS);
        if (turn % 3 === 2) {
          sink.mode = "refuse";
          await pause(BACKEND_DOWN_MS);
          sink.mode = "accept";
        } else {
          await sink.stop();
          await pause(BACKEND_DOWN_MS);
          sink = await startCountingSink({ grpcPort, httpPort, spans });
        }
      }
    })();

    let scrapes = 0;
    let queuedMax = 0;
    const until = performance.now() + soakMs;
    while (performance.now() < until) {
      const ledger = await collector.ledger();
      expect(unaccounted(ledger), JSON.stringify(ledger)).toBe(0);
      scrapes += 1;
      queuedMax = Math.max(queuedMax, ledger.queued);
      await pause(SCRAPE_EVERY_MS);
    }
    const sent = await Promise.all(senders.map((sender) => sender.stop()));
    running = false;
    await backend;
    const ledger = await collector.settled();

    const acknowledged = sent.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
    expect(sent.map(({ ended, acknowledged }) => ended - acknowledged.size)).toEqual([0, 0]);
    expect(ledger.received).toBe(acknowledged);
    expect(ledger.dropped).toBe(0);
    expect(unaccounted(ledger)).toBe(0);
    expect(ledger.sampledOut).toBeGreaterThan(0);
    // A backend that went away after counting a batch and before answering gets that batch again; none may be missing.
    expect(spans.size).toBe(ledger.delivered);
    expect(queuedMax).toBeGreaterThan(0);
    expect(scrapes).toBeGreaterThan(soakMs / SCRAPE_EVERY_MS / 4);
  },
  soakMs + 120_000,
);
