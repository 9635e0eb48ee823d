import { readdir } from "node:fs/promises";
import path from "node:path";
import type { CollectorConfig } from "#domain/fleet/collectorConfig.ts";
import { canonicalJson } from "#domain/fleet/configHash.ts";
import type { ExportSettings } from "#domain/pipeline/exportSettings.ts";
import type { PipelineSettings } from "#domain/pipeline/pipelineSettings.ts";
import { DEFAULT_DESTINATION, ROUTE_NAME } from "#domain/pipeline/routes.ts";
import { DESTINATIONS_MAX, type DestinationFigures } from "#domain/telemetry/measurement.ts";
import type { Problem } from "#domain/validation/problems.ts";
import { messageOf } from "./appError.ts";
import type { ArchiveFigures } from "./archive/archiveExporter.ts";
import type { Clock } from "./clock.ts";
import { archiveFigures, type BuiltExporter, createExporter } from "./createExporter.ts";
import type { BatchLog } from "./deliver/batchLog.ts";
import type { Exporter } from "./deliver/exporter.ts";
import { Destination, type DestinationSettings } from "./destination.ts";
import { Destinations } from "./destinations.ts";
import type { HeapRelief } from "./heapRelief.ts";
import type { RepeatedErrors } from "./repeatedErrors.ts";
import type { Ledger } from "./self/ledger.ts";
import type { StageTimers } from "./self/stageTimers.ts";

const OLD_EXPORTER_CLOSE_MS = 10_000;
const RETIRING_LOOK_MS = 500;

type Parts = {
  dataDir: string;
  clock: Clock;
  random: () => number;
  errors: RepeatedErrors;
  relief: HeapRelief;
  log: (level: "info" | "warn", fields: Record<string, unknown>, message: string) => void;
  ledger: Ledger;
  timers: StageTimers;
  batches: BatchLog;
  roomFreed: () => void;
  /** Tiers go to other destinations from now on. */
  rerouted: () => void;
};

/** Destinations that are ready and that nothing goes to yet. One of the two has to follow. */
type Prepared = { use(): Promise<void>; giveUp(): Promise<void> };

/** Opens the destinations that a configuration asks for, changes them with it, and sees to it that what one holds that is not asked for any more is delivered. */
export class DestinationKeeper {
  readonly destinations: Destinations;
  readonly #parts: Parts;
  /** By the name of the destination. */
  readonly #built = new Map<string, BuiltExporter>();
  readonly #retiring = new Set<Destination>();
  #config: CollectorConfig | undefined;
  #batchNumber = 0;
  #archiveClosed: Promise<void> = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.destinations = new Destinations((id) => parts.ledger.tierList[id].name);
  }

  archive(): ArchiveFigures {
    return archiveFigures(this.#built.get(DEFAULT_DESTINATION));
  }

  /** The running ones first, then those that only deliver what they still hold. */
  figures(): DestinationFigures[] {
    return [...this.destinations.list, ...this.#retiring].slice(0, DESTINATIONS_MAX).map((destination) => destination.figures());
  }

  /** Builds what `next` asks for beside what runs, or says which part can't be built (an archive's folder); then nothing has changed. */
  async prepare(next: CollectorConfig): Promise<Prepared | { problem: Problem }> {
    const wanted = wantedDestinations(next);
    const built = new Map<string, BuiltExporter>();
    const giveBack = async () => {
      for (const [name, one] of built) if (one !== this.#built.get(name)) await one.exporter.close(OLD_EXPORTER_CLOSE_MS);
    };
    for (const { name, path: place, settings } of wanted) {
      try {
        built.set(name, await this.#exporterFor(name, settings));
      } catch (error) {
        await giveBack();
        return { problem: { path: place, message: messageOf(error) } };
      }
    }
    const { list, fresh } = await this.#openWanted(wanted, built, next.pipeline);
    return {
      use: () => this.#use(next, wanted, built, list),
      async giveUp() {
        for (const destination of fresh) await destination.remove();
        await giveBack();
      },
    };
  }

  /** At the start: what was kept for a route that is gone goes where everything goes that no route names. */
  async takeOrphans(): Promise<void> {
    if (this.#config === undefined) return;
    for (const name of await this.#storedLogs()) {
      if (this.#built.has(name)) continue;
      this.#retire(await this.#open(name, this.#lentExporter(), pipelineFor(this.#config.export, this.#config.pipeline)));
    }
  }

  async drain(deadlineMs: number): Promise<void> {
    const all = [...this.destinations.list, ...this.#retiring];
    this.#retiring.clear();
    await Promise.all(all.map((destination) => destination.drain(deadlineMs)));
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

  async #openWanted(wanted: readonly Wanted[], built: ReadonlyMap<string, BuiltExporter>, pipeline: PipelineSettings) {
    const running = new Map(this.destinations.list.map((destination) => [destination.name, destination]));
    const list: Destination[] = [];
    const fresh: Destination[] = [];
    for (const { name, settings } of wanted) {
      const known = running.get(name);
      const one = built.get(name);
      if (known === undefined && one !== undefined) fresh.push(await this.#open(name, one.exporter, pipelineFor(settings, pipeline)));
      const next = known ?? fresh.at(-1);
      if (next !== undefined) list.push(next);
    }
    return { list, fresh };
  }

  /** From now on `list` it is, in the order of `wanted`; what is not in it any more delivers what it holds to the default one's backend, and goes. */
  async #use(next: CollectorConfig, wanted: readonly Wanted[], built: ReadonlyMap<string, BuiltExporter>, list: readonly Destination[]): Promise<void> {
    this.#config = next;
    const gone = this.destinations.list.filter((destination) => !list.includes(destination));
    this.destinations.use(
      list,
      wanted.map(({ tiers }) => tiers),
    );
    this.#parts.rerouted();
    for (const [at, destination] of list.entries()) {
      const one = built.get(destination.name);
      if (one === undefined) continue;
      this.#replaceExporter(destination, one);
      this.#built.set(destination.name, one);
      await destination.configure(pipelineFor(wanted[at].settings, next.pipeline), this.#logFolder(destination.name));
    }
    for (const destination of gone) {
      this.#built.delete(destination.name);
      destination.queue
        .replaceExporter(this.#lentExporter(), OLD_EXPORTER_CLOSE_MS)
        .catch((error: unknown) => this.#parts.errors.report("the exporter of a removed destination did not close", messageOf(error), 1));
      this.#retire(destination);
    }
  }

  async #open(name: string, exporter: Exporter, settings: DestinationSettings): Promise<Destination> {
    const { clock, random, errors, ledger, timers, batches, log } = this.#parts;
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
            log("info", { destination: name, spans }, "spans found in the write-ahead log are delivered first");
          },
          readBack: (bytes) => this.#parts.relief.received(bytes),
          lost: (spans, message) => {
            ledger.drop("wal_corrupt", spans);
            errors.report("spans of the write-ahead log lost", message, spans);
          },
          roomFreed: () => this.#parts.roomFreed(),
          tryFailed: (message) => {
            ledger.failedTries++;
            errors.report("delivery failed", message, 1);
          },
          breakerChanged: (state, message) => {
            log(state === "open" ? "warn" : "info", { destination: name, lastFailure: message }, `circuit breaker ${state}`);
          },
          walNotes: (notes) => {
            for (const note of notes) log("warn", { destination: name }, `write-ahead log: ${note}`);
          },
          walChanged: (state, problem) => log(state === "ok" ? "info" : "warn", { destination: name, problem }, `write-ahead log ${state}`),
        },
      },
      this.#logFolder(name),
      (await this.#storedLogs()).includes(name),
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
    const before = this.#config && wantedDestinations(this.#config).find((one) => one.name === name);
    if (running !== undefined && before !== undefined && canonicalJson(settings) === canonicalJson(before.settings)) return running;
    if (settings.kind === "archive" && running?.archive !== undefined) {
      await running.archive.resize(settings.bytesMax);
      return running;
    }
    if (settings.kind === "archive") await this.#archiveClosed.catch(() => undefined);
    return createExporter(settings, this.#parts.dataDir, this.#parts.clock);
  }

  #logFolder(name: string): string {
    return path.join(this.#parts.dataDir, "wal", name);
  }

  /** Names of the destinations that have a log on disk. */
  async #storedLogs(): Promise<string[]> {
    const entries = await readdir(this.#logFolder(""), { withFileTypes: true }).catch(() => []);
    // Others' folders can lie there as well, such as the lost+found of a file system of its own.
    return entries.filter((entry) => entry.isDirectory() && (entry.name === DEFAULT_DESTINATION || ROUTE_NAME.test(entry.name))).map(({ name }) => name);
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
