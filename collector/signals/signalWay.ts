import { existsSync } from "node:fs";
import path from "node:path";
import type { CollectorConfig } from "#domain/fleet/collectorConfig.ts";
import { canonicalJson } from "#domain/fleet/configHash.ts";
import type { Signal } from "#domain/pipeline/signals.ts";
import { messageOf } from "../appError.ts";
import type { Clock } from "../clock.ts";
import { Destination, type DestinationObserver, type DestinationSettings } from "../destination.ts";
import type { HeapRelief } from "../heapRelief.ts";
import { LOGS_REQUEST, METRICS_REQUEST, scanSignal } from "../otlp/scanSignal.ts";
import { ACCEPTED, type Answer, type Intake, type Refusal, type RefusalReason, refusal } from "../receive/answer.ts";
import type { Room } from "../receive/roomRate.ts";
import type { RepeatedErrors } from "../repeatedErrors.ts";
import { type SignalFigures, SignalLedger } from "../self/signalLedger.ts";
import { createSignalExporter, whyNotTaken } from "./signalExporter.ts";

const NO_ROOM_RETRY_MS = 1000;
const OLD_EXPORTER_CLOSE_MS = 10_000;
const REQUESTS = { metrics: METRICS_REQUEST, logs: LOGS_REQUEST } as const;
const ITEMS = { metrics: "data points", logs: "log records" } as const;

export type SignalParts = {
  dataDir: string;
  clock: Clock;
  random: () => number;
  errors: RepeatedErrors;
  relief: HeapRelief;
  log: (level: "info" | "warn", fields: Record<string, unknown>, message: string) => void;
};

/**
 * The way of one signal from the receivers to the backend: checked and counted, never looked into, and sent on as it came. The requests of OTLP are lists, so several of them one behind the
 * other are one request (Protocol Buffers, "Encoding": merging). It has a queue, a breaker and a write-ahead log of its own (`Destination`, whose spans are its items).
 */
export class SignalWay implements Intake, Room {
  readonly ledger = new SignalLedger();
  readonly #signal: Signal;
  readonly #parts: SignalParts;
  readonly #name: string;
  readonly #folder: string;
  /** Why no request is taken. */
  #closed: string | undefined = "the collector is starting";
  #config: CollectorConfig | undefined;
  #destination: Destination | undefined;
  #batchNumber = 0;

  constructor(signal: Signal, parts: SignalParts) {
    this.#signal = signal;
    this.#parts = parts;
    // A dot is in no name of a route.
    this.#name = `signal.${signal}`;
    this.#folder = path.join(parts.dataDir, "wal", this.#name);
  }

  // --- the way in ---

  accept(bytes: Buffer, start: number, end: number): Answer | Promise<Answer> {
    const destination = this.#destination;
    if (this.#closed !== undefined || destination === undefined) return this.#refuse(refusal("not_taken", this.#closed ?? ""), 0);
    const items = scanSignal(bytes, REQUESTS[this.#signal], start, end);
    if (items === -2) return this.#refuse(refusal("too_deep", "attribute values are nested too deep"), 0);
    if (items < 0) return this.#refuse(refusal("malformed", `the request is not a valid request to export ${this.#signal}`), 0);
    const size = end - start;
    if (items === 0) {
      this.ledger.accept(0, 0);
      return ACCEPTED;
    }
    const refused = this.#noRoomFor(destination, items, size);
    if (refused !== undefined) return this.#refuse(refused, items);
    const at = destination.reserve(items, size);
    bytes.copy(destination.buffer, at, start, end);
    destination.commit(at, at + size, items);
    this.ledger.accept(items, size);
    const safe = destination.safe();
    return safe === undefined ? ACCEPTED : safe.then((isSafe) => this.#answerFor(destination, isSafe));
  }

  refused(reason: RefusalReason): void {
    this.ledger.refuse(reason, 0);
  }

  bytesReceived(bytes: number): void {
    this.ledger.bytesReceived += bytes;
  }

  buffersDropped(bytes: number): void {
    this.#parts.relief.received(bytes);
  }

  /** The timers are those of spans. */
  network(): void {}

  acknowledged(): void {}

  // --- its room ---

  fill(): number {
    return this.#destination?.fill ?? 0;
  }

  heldBytes(): number {
    return this.#destination?.heldBytes ?? 0;
  }

  enteredBytes(): number {
    return this.ledger.bytesAccepted;
  }

  // --- changes and the end ---

  /** Goes by `config` from now on. What is queued goes to its destination, or is kept while that does not take the signal. */
  async use(config: CollectorConfig): Promise<void> {
    const before = this.#config;
    this.#config = config;
    const { enabled } = config.pipeline.signals;
    const why = enabled ? whyNotTaken(config.export, this.#signal) : `${this.#signal} are not taken: pipeline.signals.enabled is false`;
    const settings = settingsFor(config);
    const destination = this.#destination;
    if (destination !== undefined) {
      if (before !== undefined && canonicalJson(before.export) !== canonicalJson(config.export)) this.#replaceExporter(destination, config);
      await destination.configure(settings, this.#folder);
    } else if (why === undefined || existsSync(this.#folder)) {
      const exporter = createSignalExporter(config.export, this.#signal, this.#parts.clock.unixMs);
      const { clock, random } = this.#parts;
      this.#destination = await Destination.open(
        { name: this.#name, settings, exporter, clock, random, batchNumber: () => this.#batchNumber++, observer: this.#observer() },
        this.#folder,
        existsSync(this.#folder),
      );
    }
    this.#closed = why;
  }

  /** Delivers what is queued until the deadline; the rest stays in the log, or is dropped and counted. */
  async drain(deadlineMs: number): Promise<void> {
    await this.#destination?.drain(deadlineMs);
  }

  figures(): SignalFigures {
    return { signal: this.#signal, ...this.ledger.figures(), destination: this.#destination?.figures() };
  }

  #refuse(refused: Refusal, items: number): Refusal {
    this.ledger.refuse(refused.reason, items);
    return refused;
  }

  #noRoomFor(destination: Destination, items: number, size: number): Refusal | undefined {
    const { spansMax, bytesMax } = destination.largestRequest;
    if (items > spansMax || size > bytesMax) {
      const most = `the queue and its log take ${spansMax} and ${bytesMax} bytes at once at most (pipeline.signals)`;
      return refusal("too_large", `the request has ${items} ${ITEMS[this.#signal]} and ${size} bytes; ${most}`);
    }
    const reason = destination.whyNoRoom(items, size);
    if (reason === "queue_full") return refusal(reason, `the queue of ${this.#signal} is full (pipeline.signals)`, NO_ROOM_RETRY_MS);
    return reason === undefined ? undefined : refusal(reason, destination.noRoomMessage(reason), NO_ROOM_RETRY_MS);
  }

  #answerFor(destination: Destination, isSafe: boolean): Answer {
    if (isSafe || !destination.refusesWhenBroken) return ACCEPTED;
    // It stays in memory and is delivered, and is counted as received; the client sends it again, because what was promised can't be kept.
    return this.#refuse(refusal("wal_failed", "the write-ahead log can't be written", NO_ROOM_RETRY_MS), 0);
  }

  #replaceExporter(destination: Destination, config: CollectorConfig): void {
    destination.queue
      .replaceExporter(createSignalExporter(config.export, this.#signal, this.#parts.clock.unixMs), OLD_EXPORTER_CLOSE_MS)
      .catch((error: unknown) => this.#parts.errors.report("the replaced exporter did not close", messageOf(error), 1));
  }

  #observer(): DestinationObserver {
    const { ledger } = this;
    const { errors, relief, log } = this.#parts;
    const name = this.#name;
    const items = ITEMS[this.#signal];
    return {
      waited: () => {},
      exported: () => {},
      delivered: (count, bytes) => ledger.deliver(count, bytes),
      dropped: (reason, count, _bytes, message) => {
        ledger.drop(reason, count);
        errors.report(`${items} dropped: ${reason}`, message, count);
      },
      left: () => {},
      recovered: (count) => {
        ledger.recover(count);
        log("info", { destination: name, items: count }, `${items} found in the write-ahead log are delivered first`);
      },
      readBack: (bytes) => relief.received(bytes),
      lost: (count, message) => {
        ledger.drop("wal_corrupt", count);
        errors.report(`${items} of the write-ahead log lost`, message, count);
      },
      roomFreed: () => {},
      tryFailed: (message) => {
        ledger.failedTries++;
        errors.report(`delivery of ${this.#signal} failed`, message, 1);
      },
      breakerChanged: (state, message) => log(state === "open" ? "warn" : "info", { destination: name, lastFailure: message }, `circuit breaker ${state}`),
      walNotes: (notes) => {
        for (const note of notes) log("warn", { destination: name }, `write-ahead log: ${note}`);
      },
      walChanged: (state, problem) => log(state === "ok" ? "info" : "warn", { destination: name, problem }, `write-ahead log ${state}`),
    };
  }
}

/** As for spans, but for the bounds. What is thrown away need not survive a kill. */
function settingsFor({ pipeline, export: { kind } }: CollectorConfig): DestinationSettings {
  const { itemsMax, bytesMax, walBytesMax } = pipeline.signals;
  return {
    ...pipeline,
    queue: { spansMax: itemsMax, bytesMax },
    wal: { ...pipeline.wal, bytesMax: walBytesMax, enabled: pipeline.wal.enabled && kind !== "discard" },
  };
}
