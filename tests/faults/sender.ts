import { ExponentialHistogram } from "#domain/telemetry/exponentialHistogram.ts";
import { Xoshiro128 } from "#traffic/xoshiro128.ts";
import { AckedSpans } from "./ackedSpans.ts";
import { createKnownRequests } from "./knownRequests.ts";
import { createGrpcClient, createHttpClient, type OtlpClient, type SendResult } from "./otlpClient.ts";
import { NO_RETRY, type RetryBehaviour, sendWithRetry } from "./sdkRetry.ts";

export type SenderSettings = {
  protocol: "grpc" | "http";
  port: number;
  /** Clients, each with a connection of its own. */
  connections: number;
  /** Of all connections together. */
  spansPerSecond: number;
  spansPerRequest: number;
  /** The high half of every span id; different for each sender whose spans one backend gets. */
  tag: number;
  /** Requests under way on one connection; what is due beyond that is not sent, and counted. */
  inFlightMax?: number;
  retry?: RetryBehaviour;
  seed?: number;
};

/** In spans. `sent` = acked + failed + under way; `notSent` were due while too much was under way. */
export type SenderCounts = { sent: number; acked: number; failed: number; notSent: number; requests: number; tries: number };

export type Sender = {
  readonly counts: Readonly<SenderCounts>;
  /** Tries by what was answered: `grpc 0`, `http 429`, `ECONNREFUSED`, `timeout`. */
  readonly answers: ReadonlyMap<string, number>;
  readonly acked: AckedSpans;
  /** When a request was due until it was acknowledged, its retries included, in seconds: by connection. */
  readonly latency: readonly ExponentialHistogram[];
  /** Changes the rate. */
  setRate(spansPerSecond: number): void;
  /** Sends no more, and waits for what is under way. */
  stop(): Promise<void>;
};

const TICK_MS = 5;
/** After a stall no more than this much is caught up. */
const CATCH_UP_MS = 250;

/** Sends unique, known spans in an open loop: what is due is sent whether or not answers come, so that a slow collector can't slow its own load. */
export function startSender(settings: SenderSettings): Sender {
  const { connections, spansPerRequest, inFlightMax = 16, retry = NO_RETRY, seed = 1 } = settings;
  const counts: SenderCounts = { sent: 0, acked: 0, failed: 0, notSent: 0, requests: 0, tries: 0 };
  const answers = new Map<string, number>();
  const acked = new AckedSpans(settings.tag);
  const requests = createKnownRequests(settings.tag, seed);
  const random = new Xoshiro128(seed + 1);
  const latency = Array.from({ length: connections }, () => new ExponentialHistogram());
  const clients: OtlpClient[] = Array.from({ length: connections }, () =>
    settings.protocol === "grpc" ? createGrpcClient(settings.port) : createHttpClient(settings.port, inFlightMax),
  );
  const inFlight = new Int32Array(connections);
  const running = new Set<Promise<void>>();
  let rate = settings.spansPerSecond;
  let nextId = 0;
  let owed = 0;
  let turn = 0;
  let before = performance.now();

  const tried = ({ answer }: SendResult) => {
    counts.tries++;
    answers.set(answer, (answers.get(answer) ?? 0) + 1);
  };

  async function sendOne(at: number, dueMs: number): Promise<void> {
    const first = nextId;
    nextId += spansPerRequest;
    counts.sent += spansPerRequest;
    counts.requests++;
    inFlight[at]++;
    const client = clients[at];
    const result = await sendWithRetry(client, requests.request(spansPerRequest, first, client.headroom), retry, () => random.float(), tried);
    inFlight[at]--;
    if (result.kind !== "accepted") {
      counts.failed += spansPerRequest;
      return;
    }
    const now = performance.now();
    counts.acked += spansPerRequest;
    acked.add(first, spansPerRequest, now, dueMs);
    latency[at].record((now - dueMs) / 1000);
  }

  const ticking = setInterval(() => {
    const now = performance.now();
    owed = Math.min(owed + (rate * (now - before)) / 1000, (rate * CATCH_UP_MS) / 1000 + spansPerRequest);
    before = now;
    for (; owed >= spansPerRequest; owed -= spansPerRequest) {
      const at = turn++ % connections;
      if (inFlight[at] >= inFlightMax) {
        counts.notSent += spansPerRequest;
        continue;
      }
      const one: Promise<void> = sendOne(at, now - ((owed - spansPerRequest) / rate) * 1000).finally(() => running.delete(one));
      running.add(one);
    }
  }, TICK_MS);

  return {
    counts,
    answers,
    acked,
    latency,
    setRate(spansPerSecond) {
      rate = spansPerSecond;
    },
    async stop() {
      clearInterval(ticking);
      await Promise.all(running);
      for (const client of clients) client.close();
    },
  };
}
