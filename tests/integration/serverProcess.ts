import { randomUUID } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Client, type ClientDuplexStream, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { type CollectorMessageFields, type EnrolResponseFields, FLEET_METHODS, type ServerMessageFields } from "#collector/control/fleetMethods.ts";
import type { Explanation } from "#domain/sampling/explanation.ts";
import { type Running, run } from "../fixtures/childProcess.ts";
import { cleanEnvironment, temporaryFolder } from "../fixtures/environment.ts";
import { waitFor } from "../fixtures/waitFor.ts";

const root = join(import.meta.dirname, "..", "..");

export type ServerProcess = {
  http: string;
  fleet: string;
  setupUrl: string | null;
  dataDir: string;
  process: Running;
  postgresPid(): number;
  remove(): Promise<void>;
};

/** `node server/main.ts` alone, on free ports, without pages. */
export async function startServerProcess({
  dataDir = join(temporaryFolder(), "data"),
  env = {},
  flags = [],
}: {
  dataDir?: string;
  env?: Record<string, string>;
  flags?: string[];
} = {}): Promise<ServerProcess> {
  const ports = { HEADGATE_HTTP_PORT: "0", HEADGATE_FLEET_PORT: "0" };
  const running = runServer({ HEADGATE_DATA_DIR: dataDir, ...ports, ...env }, flags);
  const ready = JSON.parse(await running.ready);
  return {
    ...ready,
    process: running,
    postgresPid: () => Number(readFileSync(join(dataDir, "postgres", "data", "postmaster.pid"), "utf8").split("\n")[0]),
    async remove() {
      await running.stop(15_000);
      rmSync(join(dataDir, ".."), { recursive: true, force: true });
    },
  };
}

export function runServer(env: Record<string, string>, flags: string[] = []): Running {
  return run(process.execPath, [join(root, "server", "main.ts"), "--no-pages", ...flags], {
    env: cleanEnvironment(env),
    isReady: (line) => line.includes('"msg":"ready"'),
  });
}

export type TestCollector = {
  collectorId: string;
  credential: string;
  instanceUid: string;
  /** Everything the control plane has sent over all streams, oldest first. */
  received: ServerMessageFields[];
  connect(hello?: Partial<NonNullable<CollectorMessageFields["hello"]>>): ConnectedCollector;
  /** The same collector at another control plane process of the same database, or at one that was started again. */
  at(fleet: string): TestCollector;
  close(): void;
};

export type ConnectedCollector = {
  send(message: CollectorMessageFields): void;
  ended: Promise<{ code: number; details: string }>;
  /** The first message of this stream that `match` gives something for. */
  next<T>(what: string, match: (message: ServerMessageFields) => T | undefined | false | null): Promise<T>;
  received: ServerMessageFields[];
  /** Called with each message, those that have come already too. */
  onMessage(take: (message: ServerMessageFields) => void): void;
  cancel(): void;
};

/** A connection of its own, as each process has: one that is shared carries 100 streams at most. */
const connectTo = (fleet: string) => new Client(new URL(fleet).host, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 });

export function enrol(fleet: string, token: string, { instanceUid = String(randomUUID()), name = "test collector" } = {}): Promise<TestCollector> {
  const client = connectTo(fleet);
  const { path, requestSerialize, responseDeserialize } = FLEET_METHODS.enrol;
  const request = { token, instanceUid, name, labels: { env: "test" }, version: "0.1.0" };
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      new Metadata(),
      { deadline: Date.now() + 10_000 },
      (error: ServiceError | null, response?: EnrolResponseFields) => {
        if (error || !response) {
          client.close();
          reject(error ?? new Error("no answer"));
          return;
        }
        resolve(asCollector(client, response, instanceUid, name));
      },
    );
  });
}

function asCollector(client: Client, response: EnrolResponseFields, instanceUid: string, name: string): TestCollector {
  const all: ServerMessageFields[] = [];
  const credential = response.credential ?? "";
  return {
    collectorId: response.collectorId ?? "",
    credential,
    instanceUid,
    received: all,
    close: () => client.close(),
    at: (fleet) => asCollector(connectTo(fleet), response, instanceUid, name),
    connect(hello = {}) {
      const metadata = new Metadata();
      metadata.set("authorization", `Bearer ${credential}`);
      const { path, requestSerialize, responseDeserialize } = FLEET_METHODS.connect;
      const stream: ClientDuplexStream<CollectorMessageFields, ServerMessageFields> = client.makeBidiStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        metadata,
      );
      const received: ServerMessageFields[] = [];
      stream.on("data", (message: ServerMessageFields) => {
        received.push(message);
        all.push(message);
      });
      stream.on("error", () => undefined);
      const ended = new Promise<{ code: number; details: string }>((resolve) => stream.on("status", ({ code, details }) => resolve({ code, details })));
      stream.write({
        hello: {
          instanceUid,
          name,
          labels: { env: "test" },
          version: "0.1.0",
          otlpGrpcEndpoint: "http://127.0.0.1:4317",
          otlpHttpEndpoint: "",
          nowMs: Date.now(),
          processStartMs: Date.now() - 5_000,
          ...hello,
        },
      });
      return {
        send: (message) => void stream.write(message),
        ended,
        received,
        next: (what, match) =>
          waitFor(
            what,
            () => {
              for (const message of received) {
                const found = match(message);
                if (found) return found;
              }
              return undefined;
            },
            { everyMs: 5 },
          ),
        onMessage(take) {
          for (const message of received) take(message);
          stream.on("data", take);
        },
        cancel: () => stream.cancel(),
      };
    },
  };
}

const EMPTY_HISTOGRAM = { scale: 0, count: 0, sum: 0, min: 0, max: 0, zeroCount: 0, offset: 0, counts: [] };

/** A measurement whose ledger balances: `received` spans, a tenth of them kept and delivered. */
export function measurement({ atMs, processStartMs, received }: { atMs: number; processStartMs: number; received: number }) {
  const kept = received / 10;
  const sampledOut = received - kept;
  return {
    atMs,
    windowMs: 1_000,
    processStartMs,
    received,
    sampledOut,
    delivered: kept,
    kept,
    requests: received / 100,
    bytesReceived: received * 400,
    bytesKept: kept * 400,
    queueCapacitySpans: 200_000,
    rssBytes: 100e6,
    cpuSeconds: (atMs - processStartMs) / 2_000,
    tiers: [{ name: "default", kept, sampledOut, bytesKept: kept * 400, bytesSampledOut: sampledOut * 400 }],
    acknowledgement: { scale: 3, count: 10, sum: 0.05, min: 0.004, max: 0.006, zeroCount: 0, offset: -62, counts: [10] },
    stages: { network: EMPTY_HISTOGRAM, queueWait: EMPTY_HISTOGRAM, processing: EMPTY_HISTOGRAM, serialization: EMPTY_HISTOGRAM, export: EMPTY_HISTOGRAM },
  };
}

/** One of each kind, as a collector answers it. */
export function explanationOf(kind: Explanation["kind"], traceId: string): Explanation {
  switch (kind) {
    case "decided":
      return {
        kind,
        traceId,
        scope: "trace",
        decisions: [
          {
            kept: true,
            tier: "errors",
            tierCondition: { kind: "status", is: "error" },
            keep: "ratio",
            ratio: 1,
            threshold: "00000000000000",
            randomness: "48eb211c80319c",
            explicitRandomness: false,
            revision: 1,
            configHash: "",
            spans: 3,
            bytes: 1_200,
            decidedAtMs: 3_000,
          },
        ],
        cause: "rootWait",
        witnesses: [{ condition: { kind: "status", is: "error" }, spanId: "b7ad6b7169203331", spanName: "charge", service: "payments" }],
        durationMs: 12,
        rootSeen: true,
        lateSpans: 0,
        firstSeenAtMs: 1_000,
        stages: { network: 1, processing: 1, decisionWait: 2_000, serialization: null, queueWait: null, export: null },
        delivery: "queued",
        deliveryMessage: "",
      };
    case "waiting":
      return { kind, traceId, spans: 2, bytes: 800, firstSeenAtMs: 1_000, decidesAtMs: 11_000, rootSeen: false, tierNow: "default", revision: 1 };
    case "remembered":
      return { kind, traceId, kept: false, tier: "default", threshold: "fd70a3d70a3d70", decidedAtMs: 3_000 };
    case "forgotten":
      return { kind, traceId, keptForTraces: 500_000, falseAlarmOneIn: 1_000 };
    case "neverSeen":
      return { kind, traceId, sinceMs: 1_000 };
    case "unknown":
      return { kind, traceId, rememberedSinceMs: 2_000 };
  }
}
