import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import type { CarryOver } from "#domain/fleet/carryOver.ts";
import { type CollectorConfig, parseCollectorConfig } from "#domain/fleet/collectorConfig.ts";
import { canonicalJson, configHash } from "#domain/fleet/configHash.ts";
import type { ExportSettings } from "#domain/pipeline/exportSettings.ts";
import type { PipelineSettings } from "#domain/pipeline/pipelineSettings.ts";
import { DEFAULT_DESTINATION, ROUTE_NAME } from "#domain/pipeline/routes.ts";
import { DESTINATIONS_MAX, type DestinationFigures } from "#domain/telemetry/measurement.ts";
import { formatProblem, type Problem } from "#domain/validation/problems.ts";
import { AppError, messageOf } from "./appError.ts";
import type { ArchiveFigures } from "./archive/archiveExporter.ts";
import type { Clock } from "./clock.ts";
import { archiveFigures, type BuiltExporter, createExporter } from "./createExporter.ts";
import { BatchLog } from "./deliver/batchLog.ts";
import type { Exporter } from "./deliver/exporter.ts";
import { Destination, type DestinationSettings } from "./destination.ts";
import { Destinations } from "./destinations.ts";
import type { HeapRelief } from "./heapRelief.ts";
import { createIntake, type PolicyIntake } from "./intake.ts";
import { Admission } from "./receive/admission.ts";
import type { RepeatedErrors } from "./repeatedErrors.ts";
import { Ledger } from "./self/ledger.ts";
import { MemoryLimiter } from "./self/memoryLimiter.ts";
import { StageTimers } from "./self/stageTimers.ts";
import { WaitingLog } from "./waitingLog.ts";

const OLD_EXPORTER_CLOSE_MS = 10_000;
const RETIRING_LOOK_MS = 500;
const WAITING_LOG_CLOSE_MS = 1_000;
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
  #config: CollectorConfig;
  #hash: string;
  /** By the name of the destination. */
  readonly #built = new Map<string, BuiltExporter>();
  readonly #retiring = new Set<Destination>();
  #waitingLog: WaitingLog | undefined;
  #batchNumber = 0;
  #applying: Promise<unknown> = Promise.resolve();
  #archiveClosed: Promise<void> = Promise.resolve();
  readonly #parts: Parts;

  /**
   * Opens the write-ahead logs and takes in what they hold. Rejects with AppError when an exporter can't be built (the archive's folder), or there is not the memory
   * for what may wait; a log that can't be opened is a state, not an error.
   */
  static async create(parts: Parts): Promise<Pipeline> {
    const pipeline = new Pipeline(parts);
    await pipeline.#openDestinations();
    await pipeline.#openWaitingLog();
    return pipeline;
  }

  private constructor(parts: Parts) {
    const { config, clock, random } = parts;
    this.#parts = parts;
    this.#config = config;
    this.#hash = configHash(config);
    this.memory = new MemoryLimiter({ settings: config.pipeline.memory, clock, collectGarbage: parts.relief.collect });
    this.destinations = new Destinations((id) => this.ledger.tierList[id].name);
    const room = { fill: () => this.destinations.fill, heldBytes: () => this.destinations.heldBytes, enteredBytes: () => this.ledger.bytesKept };
    this.admission = new Admission(config.pipeline.receive, { memory: this.memory, room, clock });
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
        clock,
        random,
        processStartMs: parts.processStartMs,
      });
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
    return archiveFigures(this.#built.get(DEFAULT_DESTINATION));
  }

  /** The running ones first, then those that only deliver what they still hold. */
  destinationFigures(): DestinationFigures[] {
    return [...this.destinations.list, ...this.#retiring].slice(0, DESTINATIONS_MAX).map((destination) => destination.figures());
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
    const next = parsed.value;
    const hash = configHash(next);
    if (hash === this.#hash) return { ok: true, hash, changed: false, carryOver: undefined };
    const samplingChanged = canonicalJson(next.sampling) !== canonicalJson(this.#config.sampling);
    // An unchanged policy runs on: its traces need not be matched by two versions, and explanations name the revision that brought it.
    let usePolicy: () => CarryOver | undefined = () => undefined;
    try {
      if (samplingChanged) usePolicy = this.intake.preparePolicy(next.sampling, { revision, hash });
    } catch (error) {
      return { ok: false, problems: [{ path: "sampling", message: messageOf(error) }] };
    }
    const wanted = wantedDestinations(next);
    const built = new Map<string, BuiltExporter>();
    const giveBack = async () => {
      for (const [name, one] of built) if (one !== this.#built.get(name)) await one.exporter.close(OLD_EXPORTER_CLOSE_MS);
    };
    for (const { name, path, settings } of wanted) {
      try {
        built.set(name, await this.#exporterFor(name, settings));
      } catch (error) {
        await giveBack();
        return { ok: false, problems: [{ path, message: messageOf(error) }] };
      }
    }
    const prepared = await this.#prepareDestinations(wanted, built, next.pipeline);
    let carryOver: CarryOver | undefined;
    try {
      carryOver = usePolicy();
    } catch (error) {
      for (const fresh of prepared.fresh) await fresh.drain(0);
      await giveBack();
      return { ok: false, problems: [{ path: "sampling", message: `${NOT_ENOUGH_MEMORY}: ${messageOf(error)}` }] };
    }
    this.admission.settings = next.pipeline.receive;
    this.memory.settings = next.pipeline.memory;
    this.#config = next;
    this.#hash = hash;
    await this.#useDestinations(wanted, built, prepared.list);
    await this.#openWaitingLog();
    return { ok: true, hash, changed: true, carryOver };
  }

  // --- destinations ---

  async #openDestinations(): Promise<void> {
    const wanted = wantedDestinations(this.#config);
    const built = new Map<string, BuiltExporter>();
    for (const { name, path, settings } of wanted) {
      const one = await createExporter(settings, this.#parts.dataDir, this.#parts.clock).catch((error: unknown) => {
        throw new AppError("export", `${path}: ${messageOf(error)}`, error);
      });
      built.set(name, one);
    }
    const { list } = await this.#prepareDestinations(wanted, built, this.#config.pipeline);
    await this.#useDestinations(wanted, built, list);
    // What was kept for a route that is gone now goes where everything goes that no route names.
    for (const name of await storedLogs(this.#walFolder())) {
      if (built.has(name)) continue;
      this.#retire(await this.#openDestination(name, this.#lentExporter(), pipelineFor(this.#config.export, this.#config.pipeline)));
    }
  }

  /** The default destination's exporter, whichever it is at the time: a second one would not do for the archive, which one alone may write to. */
  #lentExporter(): Exporter {
    const current = () => {
      const built = this.#built.get(DEFAULT_DESTINATION);
      if (built === undefined) throw new Error("there is no default destination");
      return built.exporter;
    };
    return {
      get failure() {
        return current().failure;
      },
      export: (batch, timeoutMs) => current().export(batch, timeoutMs),
      close: () => Promise.resolve(),
    };
  }

  /** The destinations that are wanted, those that are new opened: nothing goes to them yet. */
  async #prepareDestinations(wanted: readonly Wanted[], built: ReadonlyMap<string, BuiltExporter>, pipeline: PipelineSettings) {
    const running = new Map(this.destinations.list.map((destination) => [destination.name, destination]));
    const list: Destination[] = [];
    const fresh: Destination[] = [];
    for (const { name, settings } of wanted) {
      const known = running.get(name);
      const one = built.get(name);
      if (known === undefined && one !== undefined) fresh.push(await this.#openDestination(name, one.exporter, pipelineFor(settings, pipeline)));
      const next = known ?? fresh.at(-1);
      if (next !== undefined) list.push(next);
    }
    return { list, fresh };
  }

  /** From now on `list` it is, in the order of `wanted`; what is not in it any more delivers what it holds to the default one's backend, and goes. */
  async #useDestinations(wanted: readonly Wanted[], built: ReadonlyMap<string, BuiltExporter>, list: readonly Destination[]): Promise<void> {
    const gone = this.destinations.list.filter((destination) => !list.includes(destination));
    this.destinations.use(
      list,
      wanted.map(({ tiers }) => tiers),
    );
    this.intake.rerouted();
    for (const [at, destination] of list.entries()) {
      const one = built.get(destination.name);
      if (one === undefined) continue;
      this.#replaceExporter(destination, one);
      this.#built.set(destination.name, one);
      await destination.configure(pipelineFor(wanted[at].settings, this.#config.pipeline), this.#logFolder(destination.name));
    }
    for (const destination of gone) {
      this.#built.delete(destination.name);
      destination.queue
        .replaceExporter(this.#lentExporter(), OLD_EXPORTER_CLOSE_MS)
        .catch((error: unknown) => this.#parts.errors.report("the exporter of a removed destination did not close", messageOf(error), 1));
      this.#retire(destination);
    }
  }

  async #openDestination(name: string, exporter: Exporter, settings: DestinationSettings): Promise<Destination> {
    const { clock, random, errors } = this.#parts;
    const { ledger, timers, batches } = this;
    return Destination.open(
      {
        name,
        settings,
        exporter,
        clock,
        random,
        batchNumber: () => this.#batchNumber++,
        observer: {
          waited: (seconds, batch) => {
            timers.record("queueWait", seconds);
            batches.began(batch.number, clock.now());
          },
          exported: (seconds) => timers.record("export", seconds),
          delivered: (spans, bytes, batch) => {
            ledger.deliver(spans, bytes);
            batches.ended(batch.number, clock.now(), "delivered", "");
          },
          dropped: (reason, spans, _bytes, message, batch) => {
            ledger.drop(reason, spans);
            errors.report(`spans dropped: ${reason}`, message, spans);
            batches.ended(batch.number, clock.now(), "dropped", `${reason}: ${message}`);
          },
          left: () => {},
          recovered: (spans) => {
            ledger.recover(spans);
            this.#parts.log("info", { destination: name, spans }, "spans found in the write-ahead log are delivered first");
          },
          readBack: (bytes) => this.#parts.relief.received(bytes),
          lost: (spans, message) => {
            ledger.drop("wal_corrupt", spans);
            errors.report("spans of the write-ahead log lost", message, spans);
          },
          roomFreed: () => this.intake.roomFreed(),
          tryFailed: (message) => {
            ledger.failedTries++;
            errors.report("delivery failed", message, 1);
          },
          breakerChanged: (state, message) => {
            this.#parts.log(state === "open" ? "warn" : "info", { destination: name, lastFailure: message }, `circuit breaker ${state}`);
          },
          walNotes: (notes) => {
            for (const note of notes) this.#parts.log("warn", { destination: name }, `write-ahead log: ${note}`);
          },
          walChanged: (state, problem) => this.#parts.log(state === "ok" ? "info" : "warn", { destination: name, problem }, `write-ahead log ${state}`),
        },
      },
      this.#logFolder(name),
      await this.#holdsLog(name),
    );
  }

  /** Delivers what it holds and goes; a stop leaves the rest in its log. */
  #retire(destination: Destination): void {
    this.#retiring.add(destination);
    destination.seal();
    const look = () => {
      if (!this.#retiring.has(destination)) return;
      if (destination.queuedSpans > 0) return void this.#parts.clock.after(RETIRING_LOOK_MS, look);
      this.#retiring.delete(destination);
      destination.remove().catch((error: unknown) => this.#parts.errors.report("a removed destination did not close", messageOf(error), 1));
    };
    look();
  }

  #replaceExporter(destination: Destination, next: BuiltExporter): void {
    const old = this.#built.get(destination.name);
    if (old === next) return;
    const closed = destination.queue.replaceExporter(next.exporter, OLD_EXPORTER_CLOSE_MS);
    if (old?.archive !== undefined) this.#archiveClosed = closed;
    closed.catch((error: unknown) => this.#parts.errors.report("the replaced exporter did not close", messageOf(error), 1));
  }

  /** The running exporter when it does what `settings` ask for, else a new one. Two archives never write into the folder at the same time. */
  async #exporterFor(name: string, settings: ExportSettings): Promise<BuiltExporter> {
    const running = this.#built.get(name);
    const before = wantedDestinations(this.#config).find((one) => one.name === name);
    if (running !== undefined && before !== undefined && canonicalJson(settings) === canonicalJson(before.settings)) return running;
    if (settings.kind === "archive" && running?.archive !== undefined) {
      await running.archive.resize(settings.bytesMax);
      return running;
    }
    if (settings.kind === "archive") await this.#archiveClosed.catch(() => undefined);
    return createExporter(settings, this.#parts.dataDir, this.#parts.clock);
  }

  // --- logs ---

  #walFolder(): string {
    return path.join(this.#parts.dataDir, "wal");
  }

  #logFolder(name: string): string {
    return path.join(this.#walFolder(), name);
  }

  async #holdsLog(name: string): Promise<boolean> {
    return (await storedLogs(this.#walFolder())).includes(name);
  }

  /** Opens the log of what waits where the configuration asks for one, or where one is that still holds something: that is taken in, and then the log goes. */
  async #openWaitingLog(): Promise<void> {
    const { sampling, pipeline } = this.#config;
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
    await this.intake.drainTraces(deadlineMs, waitingLog?.keepsWaiting === true);
    const left = Math.max(0, deadlineMs - (clock.now() - began));
    const all = [...this.destinations.list, ...this.#retiring];
    this.#retiring.clear();
    await Promise.all([...all.map((destination) => destination.drain(left)), waitingLog?.close(WAITING_LOG_CLOSE_MS)]);
  }
}

/** What is thrown away need not survive a kill. */
function pipelineFor({ kind }: ExportSettings, pipeline: PipelineSettings): DestinationSettings {
  return kind === "discard" ? { ...pipeline, wal: { ...pipeline.wal, enabled: false } } : pipeline;
}

type Wanted = { name: string; path: string; tiers: readonly string[]; settings: ExportSettings };

function wantedDestinations(config: CollectorConfig): Wanted[] {
  const routes = (config.routes ?? []).map((route, at) => ({ name: route.name, path: `routes[${at}].export`, tiers: route.tiers, settings: route.export }));
  return [{ name: DEFAULT_DESTINATION, path: "export", tiers: [], settings: config.export }, ...routes];
}

/** Names of the destinations that have a log on disk. */
async function storedLogs(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  // Others' folders can lie there as well, such as the lost+found of a file system of its own.
  return entries.filter((entry) => entry.isDirectory() && (entry.name === DEFAULT_DESTINATION || ROUTE_NAME.test(entry.name))).map(({ name }) => name);
}

export function problemsText(problems: readonly Problem[]): string {
  return problems.map(formatProblem).join("; ");
}
