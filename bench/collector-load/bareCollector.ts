// A process of its own (started by bench/delivery.ts): receivers, scan, decision and framing of the product, and then nothing: each batch goes straight to the
// exporter, once, whatever becomes of it. No queue, no retry, no breaker, no write-ahead log. What the real one costs more is what these cost.

import { setFlagsFromString } from "node:v8";
import { Batcher } from "#collector/batch/batcher.ts";
import { systemClock } from "#collector/clock.ts";
import { BatchLog } from "#collector/deliver/batchLog.ts";
import { createOtlpGrpcExporter } from "#collector/deliver/otlpGrpcExporter.ts";
import type { Sink } from "#collector/destinations.ts";
import { createHeapRelief } from "#collector/heapRelief.ts";
import { createIntake } from "#collector/intake.ts";
import { Admission } from "#collector/receive/admission.ts";
import { BodyPool } from "#collector/receive/bodyPool.ts";
import { createGrpcReceiver } from "#collector/receive/grpcReceiver.ts";
import { ReceiverSecurity } from "#collector/security/receiverSecurity.ts";
import { Ledger } from "#collector/self/ledger.ts";
import { StageTimers } from "#collector/self/stageTimers.ts";
import { parseCollectorConfig } from "#domain/fleet/collectorConfig.ts";
import { receiversSchema } from "#domain/pipeline/receivers.ts";

setFlagsFromString("--no-incremental-marking");

const parsed = parseCollectorConfig(JSON.parse(process.argv[2]));
if (!parsed.ok) throw new Error(parsed.problems.map(({ path, message }) => `${path}: ${message}`).join("; "));
const { sampling, pipeline, export: settings } = parsed.value;
if (settings.kind !== "otlp") throw new Error("the bench exports OTLP");

const ledger = new Ledger();
const timers = new StageTimers();
const exporter = createOtlpGrpcExporter(settings);
let number = 0;
const batcher = new Batcher({
  settings: pipeline.batch,
  clock: systemClock,
  queued: () => 0,
  number: () => number++,
  sealed: (batch) => {
    void exporter.export(batch, pipeline.delivery.timeoutMs).then(() => batch.release());
  },
});
const bare: Sink = {
  largestRequest: { spansMax: Number.POSITIVE_INFINITY, bytesMax: Number.POSITIVE_INFINITY },
  get buffer() {
    return batcher.buffer;
  },
  refusesWhenBroken: false,
  hasRoom: () => true,
  isEmpty: () => false,
  spansLeft: () => batcher.spansLeft,
  whyNoRoom: () => undefined,
  noRoomMessage: () => "",
  seal: () => batcher.seal(),
  safe: () => undefined,
  reserve: (spans: number, bytes: number) => batcher.reserve(spans, bytes),
  commit: (_from: number, end: number, spans: number) => batcher.commit(end, spans),
};
const relief = createHeapRelief();
const intake = createIntake({
  policy: sampling,
  label: { revision: 0, hash: "" },
  ledger,
  timers,
  destinations: { list: [bare], of: () => 0 },
  batches: new BatchLog(),
  waitingLog: () => undefined,
  shedding: () => 0,
  relief,
  clock: systemClock,
  random: Math.random,
  processStartMs: Date.now(),
});
const receivers = receiversSchema.parse({});
const security = await ReceiverSecurity.open(receivers, systemClock, console.error);
const parts = { intake, admission: new Admission(pipeline.receive), pool: new BodyPool(), requestTimeoutMs: 30_000, security };
const receiver = createGrpcReceiver(parts, receivers.grpc);
const otlpGrpc = await receiver.start("127.0.0.1", 0);
relief.afterStart();
setInterval(() => timers.endWindow(), 1000).unref();
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ received: ledger.received, kept: ledger.kept, cpuSeconds: (user + system) / 1e6 });
});
process.on("disconnect", () => process.exit(0));
process.send?.({ otlpGrpc });
