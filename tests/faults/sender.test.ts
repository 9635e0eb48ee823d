import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { waitFor } from "../fixtures/waitFor.ts";
import { AckedSpans } from "./ackedSpans.ts";
import { BatchSpanProcessor } from "./batchSpanProcessor.ts";
import { type FaultyBackend, startFaultyBackend } from "./faultyBackend.ts";
import { createKnownRequests } from "./knownRequests.ts";
import { createGrpcClient } from "./otlpClient.ts";
import { NO_RETRY, SDK_RETRY, sendWithRetry } from "./sdkRetry.ts";
import { startSender } from "./sender.ts";

let backend: FaultyBackend;
beforeEach(async () => {
  backend = await startFaultyBackend({ identify: true });
});
afterEach(() => backend.close());

describe.each(["grpc", "http"] as const)("a sender over %s", (protocol) => {
  const portOf = () => (protocol === "grpc" ? backend.grpcPort : backend.httpPort);

  it("keeps its rate, and knows exactly which spans were acknowledged", async () => {
    const sender = startSender({ protocol, port: portOf(), connections: 4, spansPerSecond: 20_000, spansPerRequest: 100, tag: 3 });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await sender.stop();
    const { sent, acked, failed, notSent } = sender.counts;
    expect(sent + notSent).toBeGreaterThan(15_000);
    expect(sent + notSent).toBeLessThan(25_000);
    expect([acked, failed]).toEqual([sent, 0]);
    expect([backend.ids.size, backend.ids.duplicates, sender.acked.spans]).toEqual([sent, 0, sent]);
    expect(sender.acked.missingFrom(backend.ids)).toEqual([]);
    expect(sender.latency.reduce((sum, { count }) => sum + count, 0)).toBe(sent / 100);
  });

  it("counts what failed, by answer, and what was due while too much was under way; latency counts from when a request was due", async () => {
    backend.behaviour = ({ concurrency }) => (concurrency > 1 ? { kind: "grpc", code: 14 } : { kind: "ok", delayMs: 100 });
    const sender = startSender({ protocol, port: portOf(), connections: 1, inFlightMax: 2, spansPerSecond: 10_000, spansPerRequest: 10, tag: 3 });
    await new Promise((resolve) => setTimeout(resolve, 500));
    await sender.stop();
    const { sent, acked, failed, notSent } = sender.counts;
    expect(acked + failed).toBe(sent);
    expect(acked).toBe(backend.spans);
    expect(failed).toBeGreaterThan(0);
    expect(notSent).toBeGreaterThan(0);
    expect(sender.answers.get(protocol === "grpc" ? "grpc 14" : "http 503")).toBe(failed / 10);
    expect(sender.latency[0].min).toBeGreaterThan(0.095);
  });

  it("says which acknowledged spans a backend has lost", async () => {
    const sender = startSender({ protocol, port: portOf(), connections: 1, spansPerSecond: 1000, spansPerRequest: 10, tag: 4 });
    await backend.reached(50);
    await sender.stop();
    const other = await startFaultyBackend({ identify: true });
    expect(sender.acked.missingFrom(other.ids)).toHaveLength(sender.counts.acked);
    expect(sender.acked.missingFrom(other.ids, 0)).toEqual([]);
    await other.close();
  });
});

describe("the retry behaviour of the SDK", () => {
  const requests = createKnownRequests(1, 1);
  async function send(retry = SDK_RETRY) {
    const client = createGrpcClient(backend.grpcPort);
    const tries: string[] = [];
    const startedAt = performance.now();
    const result = await sendWithRetry(
      client,
      requests.request(5, 0, client.headroom),
      retry,
      () => 0.5,
      ({ answer }) => tries.push(answer),
    );
    client.close();
    return { result, tries, tookMs: performance.now() - startedAt };
  }

  it("waits 1 s and then 1.5 times as long each time, while everything fits into 10 s", async () => {
    backend.behaviour = { kind: "grpc", code: 14 };
    const { result, tries } = await send();
    expect(result.kind).toBe("retryable");
    // 1 + 1.5 + 2.25 + 3.375 s are over after 8.1 s; the next 5 s would end behind the limit.
    expect(tries).toHaveLength(5);
    const gaps = backend.calls.slice(1).map(({ atMs }, at) => atMs - backend.calls[at].atMs);
    for (const [at, expected] of [1000, 1500, 2250, 3375].entries()) expect(Math.abs(gaps[at] - expected)).toBeLessThan(150);
  }, 20_000);

  it("waits as long as the server asks instead, and gives up at once what would take too long or may not be tried again", async () => {
    backend.behaviour = ({ spans: _, ...call }) =>
      backend.callsTotal < 3 ? { kind: "grpc", code: 8, retryAfterMs: 200 } : { kind: call.protocol === "grpc" ? "ok" : "hang" };
    const honoured = await send();
    expect(honoured.result.kind).toBe("accepted");
    expect(honoured.tries).toHaveLength(3);
    expect(Math.abs(honoured.tookMs - 400)).toBeLessThan(150);
    backend.behaviour = { kind: "grpc", code: 14, retryAfterMs: 60_000 };
    expect((await send()).tries).toHaveLength(1);
    backend.behaviour = { kind: "grpc", code: 8 };
    expect(await send()).toMatchObject({ result: { kind: "failed" }, tries: ["grpc 8"] });
    backend.behaviour = { kind: "grpc", code: 14 };
    expect((await send(NO_RETRY)).tries).toHaveLength(1);
  });
});

describe("a batch span processor", () => {
  function processorFor(scheduleDelayMs: number, retry = NO_RETRY) {
    let next = 0;
    const acked = new AckedSpans(9);
    const takeIds = (spans: number) => {
      next += spans;
      return next - spans;
    };
    const settings = { queueMax: 2048, batchMax: 512, scheduleDelayMs };
    const client = createGrpcClient(backend.grpcPort);
    return { acked, processor: new BatchSpanProcessor({ client, requests: createKnownRequests(9, 1), acked, takeIds, random: () => 0.5, settings, retry }) };
  }

  it("exports one batch of 512 at a time, and the rest after its delay", async () => {
    const { processor, acked } = processorFor(100);
    processor.onEnd(1200);
    await waitFor("all of them", () => backend.spans === 1200);
    expect(backend.calls.map(({ spans, concurrency }) => [spans, concurrency])).toEqual([
      [512, 1],
      [512, 1],
      [176, 1],
    ]);
    await processor.shutdown();
    expect(processor.counts).toEqual({ ended: 1200, acked: 1200, failed: 0, dropped: 0, tries: 3 });
    expect(acked.missingFrom(backend.ids)).toEqual([]);
  });

  it("drops what does not fit into its 2,048 while an export hangs, counts that, and its shutdown exports the rest", async () => {
    const { processor } = processorFor(50);
    backend.behaviour = { kind: "ok", delayMs: 300 };
    for (let i = 0; i < 300; i++) processor.onEnd(10);
    expect(processor.queued).toBe(2048);
    expect(processor.counts.dropped).toBe(3000 - 520 - 2048 + 8);
    backend.behaviour = { kind: "ok" };
    await processor.shutdown();
    const { ended, acked, failed, dropped } = processor.counts;
    expect([processor.queued, ended, acked + failed + dropped]).toEqual([0, 3000, 3000]);
    expect(backend.ids.size).toBe(acked);
  });
});
