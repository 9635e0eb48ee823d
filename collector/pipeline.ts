import type { CarryOver } from "#domain/fleet/carryOver.ts";
import { type CollectorConfig, parseCollectorConfig } from "#domain/fleet/collectorConfig.ts";
import { canonicalJson, configHash } from "#domain/fleet/configHash.ts";
import type { ExportSettings } from "#domain/pipeline/exportSettings.ts";
import { formatProblem, type Problem } from "#domain/validation/problems.ts";
import { AppError, messageOf } from "./appError.ts";
import type { ArchiveFigures } from "./archive/archiveExporter.ts";
import { Batcher } from "./batch/batcher.ts";
import type { Clock } from "./clock.ts";
import { archiveFigures, type BuiltExporter, createExporter } from "./createExporter.ts";
import { BatchLog } from "./deliver/batchLog.ts";
import { DeliveryQueue } from "./deliver/deliveryQueue.ts";
import type { HeapRelief } from "./heapRelief.ts";
import { createIntake, type PolicyIntake } from "./intake.ts";
import { Admission } from "./receive/admission.ts";
import type { RepeatedErrors } from "./repeatedErrors.ts";
import { Ledger } from "./self/ledger.ts";
import { StageTimers } from "./self/stageTimers.ts";

const OLD_EXPORTER_CLOSE_MS = 10_000;
/** Of what a policy needs only the table of waiting traces can be too large to have. */
const NOT_ENOUGH_MEMORY = "there is not enough memory for what may wait (tracesMax, spansMax, decisionCache.entriesMax); lower these bounds";

export type Applied = { ok: true; hash: string; changed: boolean; carryOver: CarryOver | undefined } | { ok: false; problems: Problem[] };
type Parts = {
  config: CollectorConfig;
  /** The configuration's number at the control plane; 0: it did not come from one. */
  revision: number;
  dataDir: string;
  clock: Clock;
  random: () => number;
  errors: RepeatedErrors;
  relief: HeapRelief;
  processStartMs: number;
};

/** Everything between the receivers and the backend, and the one place where a configuration takes effect. */
export class Pipeline {
  readonly ledger = new Ledger();
  readonly timers = new StageTimers();
  readonly batches = new BatchLog();
  readonly admission: Admission;
  readonly queue: DeliveryQueue;
  readonly batcher: Batcher;
  readonly intake: PolicyIntake;
  #config: CollectorConfig;
  #hash: string;
  #built: BuiltExporter;
  #applying: Promise<unknown> = Promise.resolve();
  #archiveClosed: Promise<void> = Promise.resolve();
  readonly #parts: Parts;

  /** Rejects with AppError when the exporter can't be built (the archive's folder), or there is not the memory for what may wait. */
  static async create(parts: Parts): Promise<Pipeline> {
    const built = await createExporter(parts.config.export, parts.dataDir, parts.clock).catch((error: unknown) => {
      throw new AppError("export", `export: ${messageOf(error)}`, error);
    });
    try {
      return new Pipeline(parts, built);
    } catch (error) {
      throw new AppError("usage", `sampling: ${NOT_ENOUGH_MEMORY}: ${messageOf(error)}`, error);
    }
  }

  constructor(parts: Parts, built: BuiltExporter) {
    const { config, clock, random, errors } = parts;
    const { ledger, timers, batches } = this;
    this.#parts = parts;
    this.#config = config;
    this.#hash = configHash(config);
    this.#built = built;
    this.admission = new Admission(config.pipeline.receive);
    this.queue = new DeliveryQueue({
      settings: config.pipeline,
      exporter: built.exporter,
      clock,
      random,
      observer: {
        waited: (seconds, batch) => {
          timers.record("queueWait", seconds);
          batches.began(batch.number, clock.now());
        },
        exported: (seconds) => timers.record("export", seconds),
        delivered: (spans, bytes, batch) => {
          ledger.deliver(spans, bytes);
          batches.ended(batch.number, clock.now(), "delivered", "");
          this.intake.roomFreed();
        },
        dropped: (reason, spans, _bytes, message, batch) => {
          ledger.drop(reason, spans);
          errors.report(`spans dropped: ${reason}`, message, spans);
          batches.ended(batch.number, clock.now(), "dropped", `${reason}: ${message}`);
          this.intake.roomFreed();
        },
        tryFailed: (message) => {
          ledger.failedTries++;
          errors.report("delivery failed", message, 1);
        },
      },
    });
    this.batcher = new Batcher(config.pipeline.batch, clock, (batch) => this.queue.push(batch));
    this.intake = createIntake({
      policy: config.sampling,
      label: { revision: parts.revision, hash: this.#hash },
      ledger,
      timers,
      batcher: this.batcher,
      batches,
      queue: this.queue,
      relief: parts.relief,
      clock,
      random,
      processStartMs: parts.processStartMs,
    });
  }

  get config(): CollectorConfig {
    return this.#config;
  }

  get hash(): string {
    return this.#hash;
  }

  archive(): ArchiveFigures {
    return archiveFigures(this.#built);
  }

  /** Makes `input` the running configuration, or says why not; then nothing has changed. Several calls take their turn. */
  apply(input: unknown, revision = 0): Promise<Applied> {
    const turn = this.#applying.then(() => this.#apply(input, revision));
    this.#applying = turn.catch(() => undefined);
    return turn;
  }

  async #apply(input: unknown, revision: number): Promise<Applied> {
    const parsed = parseCollectorConfig(input);
    if (!parsed.ok) return parsed;
    const next = parsed.value;
    const hash = configHash(next);
    if (hash === this.#hash) return { ok: true, hash, changed: false, carryOver: undefined };
    const samplingChanged = canonicalJson(next.sampling) !== canonicalJson(this.#config.sampling);
    // An unchanged policy runs on: its traces need not be matched by two versions, and explanations name the revision that brought it.
    let usePolicy: () => CarryOver | undefined = () => undefined;
    let built: BuiltExporter;
    try {
      if (samplingChanged) usePolicy = this.intake.preparePolicy(next.sampling, { revision, hash });
    } catch (error) {
      return { ok: false, problems: [{ path: "sampling", message: messageOf(error) }] };
    }
    try {
      built = await this.#exporterFor(next.export);
    } catch (error) {
      return { ok: false, problems: [{ path: "export", message: messageOf(error) }] };
    }
    let carryOver: CarryOver | undefined;
    try {
      carryOver = usePolicy();
    } catch (error) {
      if (built !== this.#built) await built.exporter.close(OLD_EXPORTER_CLOSE_MS);
      return { ok: false, problems: [{ path: "sampling", message: `${NOT_ENOUGH_MEMORY}: ${messageOf(error)}` }] };
    }
    this.admission.settings = next.pipeline.receive;
    this.queue.configure(next.pipeline);
    this.batcher.configure(next.pipeline.batch);
    if (built !== this.#built) {
      const closed = this.queue.replaceExporter(built.exporter, OLD_EXPORTER_CLOSE_MS);
      this.#archiveClosed = this.#built.archive === undefined ? this.#archiveClosed : closed;
      closed.catch((error: unknown) => this.#parts.errors.report("the replaced exporter did not close", messageOf(error), 1));
    }
    this.#built = built;
    this.#config = next;
    this.#hash = hash;
    return { ok: true, hash, changed: true, carryOver };
  }

  /** The running exporter when it does what `settings` ask for, else a new one. Two archives never write into the folder at the same time. */
  async #exporterFor(settings: ExportSettings): Promise<BuiltExporter> {
    if (canonicalJson(settings) === canonicalJson(this.#config.export)) return this.#built;
    if (settings.kind === "archive" && this.#built.archive !== undefined) {
      await this.#built.archive.resize(settings.bytesMax);
      return this.#built;
    }
    if (settings.kind === "archive") await this.#archiveClosed.catch(() => undefined);
    return createExporter(settings, this.#parts.dataDir, this.#parts.clock);
  }

  /** Decides what waits and delivers what is queued until the deadline; the rest is dropped and counted. Receivers have to be closed before. */
  async drain(deadlineMs: number): Promise<void> {
    const began = this.#parts.clock.now();
    await this.intake.drainTraces(deadlineMs);
    this.batcher.seal();
    await this.queue.drain(Math.max(0, deadlineMs - (this.#parts.clock.now() - began)));
  }
}

export function problemsText(problems: readonly Problem[]): string {
  return problems.map(formatProblem).join("; ");
}
