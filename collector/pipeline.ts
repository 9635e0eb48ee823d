import { existsSync } from "node:fs";
import path from "node:path";
import type { CarryOver } from "#domain/fleet/carryOver.ts";
import { type CollectorConfig, parseCollectorConfig } from "#domain/fleet/collectorConfig.ts";
import { canonicalJson, configHash } from "#domain/fleet/configHash.ts";
import type { KeepAllRule } from "#domain/fleet/keepAll.ts";
import { shareSettings } from "#domain/pipeline/shareSettings.ts";
import type { DestinationFigures } from "#domain/telemetry/measurement.ts";
import { formatProblem, type Problem } from "#domain/validation/problems.ts";
import { AppError, messageOf } from "./appError.ts";
import type { ArchiveFigures } from "./archive/archiveExporter.ts";
import type { Clock } from "./clock.ts";
import { BatchLog } from "./deliver/batchLog.ts";
import { DestinationKeeper } from "./destinationKeeper.ts";
import type { Destinations } from "./destinations.ts";
import type { HeapRelief } from "./heapRelief.ts";
import { createIntake, type PolicyIntake } from "./intake.ts";
import { Admission } from "./receive/admission.ts";
import { RECORDING_FOLDER } from "./record/openRecording.ts";
import { Recorder } from "./record/recorder.ts";
import type { RepeatedErrors } from "./repeatedErrors.ts";
import { Ledger } from "./self/ledger.ts";
import { MemoryLimiter } from "./self/memoryLimiter.ts";
import { StageTimers } from "./self/stageTimers.ts";
import type { ShardRouter } from "./shard/shardRouter.ts";
import { PassThrough } from "./signals/passThrough.ts";
import { WaitingLog } from "./waitingLog.ts";

const WAITING_LOG_CLOSE_MS = 1_000;
const RECORDER_CLOSE_MS = 1_000;
/** Of what a policy needs only the table of waiting traces can be too large to have. */
const NOT_ENOUGH_MEMORY = "there is not enough memory for what may wait (tracesMax, spansMax, decisionCache.entriesMax); lower these bounds";

export type Applied = { ok: true; hash: string; changed: boolean; carryOver: CarryOver | undefined } | { ok: false; problems: Problem[] };
type Parts = {
  config: CollectorConfig;
  /** The configuration's number at the control plane; 0: it did not come from one. */
  revision: number;
  /** What keeps everything that matches it from the start. */
  keepAll: readonly KeepAllRule[];
  dataDir: string;
  clock: Clock;
  random: () => number;
  errors: RepeatedErrors;
  relief: HeapRelief;
  processStartMs: number;
  /** Of so many equal pipelines in this process it is one, and takes its share of each bound. */
  workers: number;
  /** Of what comes in a share is recorded; false where nothing does. */
  records: boolean;
  /** Bytes that the whole process holds, where this thread alone can't know. */
  memoryHeld?: () => number;
  /** Where spans of a trace go that another thread decides on; undefined: there is none. */
  shards?: ShardRouter;
  /** One line for the operator. */
  log: (level: "info" | "warn", fields: Record<string, unknown>, message: string) => void;
};

/** Everything between the receivers and the backends, and the one place where a configuration takes effect. */
export class Pipeline {
  readonly ledger = new Ledger();
  readonly timers = new StageTimers();
  readonly batches = new BatchLog();
  readonly admission: Admission;
  readonly memory: MemoryLimiter;
  readonly destinations: Destinations;
  readonly intake: PolicyIntake;
  /** Metrics and logs. */
  readonly signals: PassThrough;
  /** Undefined where nothing comes in. */
  readonly recorder: Recorder | undefined;
  #config: CollectorConfig;
  /** Its share of that. */
  #own: CollectorConfig;
  #hash: string;
  readonly #keeper: DestinationKeeper;
  #waitingLog: WaitingLog | undefined;
  #applying: Promise<unknown> = Promise.resolve();
  readonly #parts: Parts;

  /**
   * Opens the write-ahead logs and takes in what they hold. Rejects with AppError when an exporter can't be built (the archive's folder), or there is not the memory
   * for what may wait; a log that can't be opened is a state, not an error.
   */
  static async create(parts: Parts): Promise<Pipeline> {
    const pipeline = new Pipeline(parts);
    const prepared = await pipeline.#keeper.prepare(pipeline.#own);
    if ("problem" in prepared) throw new AppError("export", formatProblem(prepared.problem));
    await prepared.use();
    await pipeline.#keeper.takeOrphans();
    await pipeline.#openWaitingLog();
    await pipeline.signals.use(pipeline.#own);
    return pipeline;
  }

  private constructor(parts: Parts) {
    const { clock, random } = parts;
    const shared = shareSettings(parts.config, parts.workers);
    if (!shared.ok) throw new AppError("usage", problemsText(shared.problems));
    const { config } = shared;
    this.#parts = parts;
    this.#config = parts.config;
    this.#own = config;
    this.#hash = configHash(parts.config);
    this.memory = new MemoryLimiter({ settings: config.pipeline.memory, clock, collectGarbage: parts.relief.collect, held: parts.memoryHeld });
    const { ledger, timers, batches } = this;
    const { dataDir, errors, relief, log } = parts;
    this.#keeper = new DestinationKeeper({
      ...{ dataDir, clock, random, errors, relief, log, ledger, timers, batches },
      roomFreed: () => this.intake.roomFreed(),
      rerouted: () => this.intake.rerouted(),
    });
    this.destinations = this.#keeper.destinations;
    this.signals = new PassThrough({ dataDir, clock, random, errors, relief, log });
    const room = { fill: () => this.destinations.fill, heldBytes: () => this.destinations.heldBytes, enteredBytes: () => this.ledger.bytesKept };
    this.admission = new Admission(config.pipeline.receive, { memory: this.memory, room, clock });
    if (parts.records) this.recorder = new Recorder({ folder: path.join(dataDir, RECORDING_FOLDER), settings: config.pipeline.recording, clock });
    try {
      this.intake = createIntake({
        policy: config.sampling,
        label: { revision: parts.revision, hash: this.#hash },
        ledger: this.ledger,
        timers: this.timers,
        destinations: this.destinations,
        batches: this.batches,
        waitingLog: () => this.#waitingLog,
        shedding: (tiers) => this.memory.shedding(tiers),
        relief: parts.relief,
        shards: parts.shards,
        recorder: this.recorder,
        clock,
        random,
        processStartMs: parts.processStartMs,
      });
      this.intake.useKeepAll(parts.keepAll);
    } catch (error) {
      throw new AppError("usage", `sampling: ${NOT_ENOUGH_MEMORY}: ${messageOf(error)}`, error);
    }
  }

  get config(): CollectorConfig {
    return this.#config;
  }

  get hash(): string {
    return this.#hash;
  }

  archive(): ArchiveFigures {
    return this.#keeper.archive();
  }

  destinationFigures(): DestinationFigures[] {
    return this.#keeper.figures();
  }

  /** What may be queued in memory, of all destinations. */
  get queueCapacity(): { spans: number; bytes: number } {
    const { spansMax, bytesMax } = this.#own.pipeline.queue;
    const count = this.destinations.list.length;
    return { spans: spansMax * count, bytes: bytesMax * count };
  }

  get waitingLogBytes(): number {
    return this.#waitingLog?.bytes ?? 0;
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
    const hash = configHash(parsed.value);
    if (hash === this.#hash) return { ok: true, hash, changed: false, carryOver: undefined };
    const shared = shareSettings(parsed.value, this.#parts.workers);
    if (!shared.ok) return shared;
    const next = shared.config;
    const samplingChanged = canonicalJson(next.sampling) !== canonicalJson(this.#own.sampling);
    // An unchanged policy runs on: its traces need not be matched by two versions, and explanations name the revision that brought it.
    let usePolicy: () => CarryOver | undefined = () => undefined;
    try {
      if (samplingChanged) usePolicy = this.intake.preparePolicy(next.sampling, { revision, hash });
    } catch (error) {
      return { ok: false, problems: [{ path: "sampling", message: messageOf(error) }] };
    }
    const prepared = await this.#keeper.prepare(next);
    if ("problem" in prepared) return { ok: false, problems: [prepared.problem] };
    let carryOver: CarryOver | undefined;
    try {
      carryOver = usePolicy();
    } catch (error) {
      await prepared.giveUp();
      return { ok: false, problems: [{ path: "sampling", message: `${NOT_ENOUGH_MEMORY}: ${messageOf(error)}` }] };
    }
    this.admission.settings = next.pipeline.receive;
    this.memory.settings = next.pipeline.memory;
    this.recorder?.use(next.pipeline.recording);
    this.#config = parsed.value;
    this.#own = next;
    this.#hash = hash;
    await prepared.use();
    await this.#openWaitingLog();
    await this.signals.use(next);
    return { ok: true, hash, changed: true, carryOver };
  }

  /** See PolicyIntake.useKeepAll; rejects with one line when that can't be done. */
  keepAll(rules: readonly KeepAllRule[]): Promise<void> {
    const turn = this.#applying.then(() => this.intake.useKeepAll(rules));
    this.#applying = turn.catch(() => undefined);
    return turn;
  }

  /** Opens the log of what waits where the configuration asks for one, or where one is that still holds something: that is taken in, and then the log goes. */
  async #openWaitingLog(): Promise<void> {
    const { sampling, pipeline } = this.#own;
    const folder = path.join(this.#parts.dataDir, "wal-waiting");
    const keepsNew = sampling.scope === "trace" && pipeline.wal.enabled && pipeline.wal.waiting;
    const settings = { ...pipeline.wal, keepsNew };
    if (this.#waitingLog !== undefined) return this.#waitingLog.configure(settings);
    if (!keepsNew && !existsSync(folder)) return;
    this.#waitingLog = await WaitingLog.open({
      folder,
      settings,
      clock: this.#parts.clock,
      oldestWaitingAt: () => this.intake.oldestWaitingAt(),
      sentIsSafe: async () => (await Promise.all(this.destinations.list.map((destination) => destination.safe() ?? true))).every((isSafe) => isSafe),
      take: (bytes, start, end, spans) => this.intake.recoverWaiting(bytes, start, end, spans),
      // A process before this one received them: they are in no ledger but as lost.
      lost: (spans, message) => {
        this.ledger.recoverWaiting(spans);
        this.ledger.dropWaiting("wal_corrupt", spans);
        this.#parts.errors.report("waiting spans of the write-ahead log lost", message, spans);
      },
      changed: (state, problem) => this.#parts.log(state === "ok" ? "info" : "warn", { problem }, `write-ahead log of waiting traces ${state}`),
      emptied: () => {
        const empty = this.#waitingLog;
        this.#waitingLog = undefined;
        empty?.remove(WAITING_LOG_CLOSE_MS).catch((error: unknown) => this.#parts.errors.report("the log of what waited did not close", messageOf(error), 1));
      },
    });
    this.#waitingLog.start();
  }

  /** Decides what waits and delivers what is queued until the deadline; the rest stays in the log, or is dropped and counted. Receivers have to be closed before. */
  async drain(deadlineMs: number): Promise<void> {
    const { clock } = this.#parts;
    const began = clock.now();
    this.memory.stop();
    const waitingLog = this.#waitingLog;
    const signals = this.signals.drain(deadlineMs);
    await this.intake.drainTraces(deadlineMs, waitingLog?.keepsWaiting === true);
    const left = Math.max(0, deadlineMs - (clock.now() - began));
    await Promise.all([signals, this.#keeper.drain(left), waitingLog?.close(WAITING_LOG_CLOSE_MS), this.recorder?.close(RECORDER_CLOSE_MS)]);
  }
}

export function problemsText(problems: readonly Problem[]): string {
  return problems.map(formatProblem).join("; ");
}
