import { type CollectorConfig, parseCollectorConfig } from "#domain/fleet/collectorConfig.ts";
import { canonicalJson, configHash } from "#domain/fleet/configHash.ts";
import type { ExportSettings } from "#domain/pipeline/exportSettings.ts";
import { formatProblem, type Problem } from "#domain/validation/problems.ts";
import { messageOf } from "./appError.ts";
import type { ArchiveFigures } from "./archive/archiveExporter.ts";
import { Batcher } from "./batch/batcher.ts";
import type { Clock } from "./clock.ts";
import { archiveFigures, type BuiltExporter, createExporter } from "./createExporter.ts";
import { DeliveryQueue } from "./deliver/deliveryQueue.ts";
import type { HeapRelief } from "./heapRelief.ts";
import { createIntake, type PolicyIntake } from "./intake.ts";
import { Admission } from "./receive/admission.ts";
import type { RepeatedErrors } from "./repeatedErrors.ts";
import { Ledger } from "./self/ledger.ts";
import { StageTimers } from "./self/stageTimers.ts";

const OLD_EXPORTER_CLOSE_MS = 10_000;

export type Applied = { ok: true; hash: string; changed: boolean } | { ok: false; problems: Problem[] };
type Parts = { config: CollectorConfig; dataDir: string; clock: Clock; random: () => number; errors: RepeatedErrors; relief: HeapRelief };

/** Everything between the receivers and the backend, and the one place where a configuration takes effect. */
export class Pipeline {
  readonly ledger = new Ledger();
  readonly timers = new StageTimers();
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

  /** Rejects when the exporter can't be built (the archive's folder). */
  static async create(parts: Parts): Promise<Pipeline> {
    return new Pipeline(parts, await createExporter(parts.config.export, parts.dataDir, parts.clock));
  }

  constructor(parts: Parts, built: BuiltExporter) {
    const { config, clock, random, errors } = parts;
    const { ledger, timers } = this;
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
        waited: (seconds) => timers.record("queueWait", seconds),
        exported: (seconds) => timers.record("export", seconds),
        delivered: (spans, bytes) => ledger.deliver(spans, bytes),
        dropped: (reason, spans, _bytes, message) => {
          ledger.drop(reason, spans);
          errors.report(`spans dropped: ${reason}`, message, spans);
        },
        tryFailed: (message) => {
          ledger.failedTries++;
          errors.report("delivery failed", message, 1);
        },
      },
    });
    this.batcher = new Batcher(config.pipeline.batch, clock, (batch) => this.queue.push(batch));
    this.intake = createIntake({ policy: config.sampling, ledger, timers, batcher: this.batcher, queue: this.queue, relief: parts.relief });
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
  apply(input: unknown): Promise<Applied> {
    const turn = this.#applying.then(() => this.#apply(input));
    this.#applying = turn.catch(() => undefined);
    return turn;
  }

  async #apply(input: unknown): Promise<Applied> {
    const parsed = parseCollectorConfig(input);
    if (!parsed.ok) return parsed;
    const next = parsed.value;
    const hash = configHash(next);
    if (hash === this.#hash) return { ok: true, hash, changed: false };
    let usePolicy: () => void;
    let built: BuiltExporter;
    try {
      usePolicy = this.intake.preparePolicy(next.sampling);
    } catch (error) {
      return { ok: false, problems: [{ path: "sampling", message: messageOf(error) }] };
    }
    try {
      built = await this.#exporterFor(next.export);
    } catch (error) {
      return { ok: false, problems: [{ path: "export", message: messageOf(error) }] };
    }
    usePolicy();
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
    return { ok: true, hash, changed: true };
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

  /** Delivers what is queued until the deadline; the rest is dropped and counted. Receivers have to be closed before. */
  async drain(deadlineMs: number): Promise<void> {
    this.batcher.seal();
    await this.queue.drain(deadlineMs);
  }
}

export function problemsText(problems: readonly Problem[]): string {
  return problems.map(formatProblem).join("; ");
}
