import type { ClientDuplexStream } from "@grpc/grpc-js";
import type { CollectorMessageFields, ServerMessageFields } from "./fleetMethods.ts";
import type { MeasurementRing } from "./measurementRing.ts";

const PER_MESSAGE = 60;
const SLOW_INTERVAL_MS = 10_000;

type Stream = ClientDuplexStream<CollectorMessageFields, ServerMessageFields>;

/** Sends the ring's measurements over one stream, each once, as often as the control plane wants, and never more than it takes off the wire. */
export class MeasurementSender {
  readonly #stream: Stream;
  readonly #ring: MeasurementRing;
  readonly #unixMs: () => number;
  #sentUntilMs: number | undefined;
  #intervalMs = SLOW_INTERVAL_MS;
  #lastSentMs = 0;
  #blocked = false;

  constructor(stream: Stream, ring: MeasurementRing, unixMs: () => number) {
    this.#stream = stream;
    this.#ring = ring;
    this.#unixMs = unixMs;
  }

  /** The control plane said what it has already; the rest of the ring follows at once. */
  welcome(haveUntilMs: number): void {
    this.#sentUntilMs = haveUntilMs;
    this.#send();
  }

  watch(intervalMs: number): void {
    this.#intervalMs = Math.max(1000, intervalMs || SLOW_INTERVAL_MS);
    this.#send();
  }

  /** A new measurement is in the ring. */
  measured(): void {
    // Half a second of slack: ticks come on whole seconds, but not to the millisecond.
    if (this.#unixMs() - this.#lastSentMs >= this.#intervalMs - 500) this.#send();
  }

  #send(): void {
    while (this.#sentUntilMs !== undefined && !this.#blocked) {
      const items = this.#ring.after(this.#sentUntilMs, PER_MESSAGE);
      if (items.length === 0) return;
      this.#sentUntilMs = items[items.length - 1].atMs;
      this.#lastSentMs = this.#unixMs();
      if (!this.#stream.write({ measurements: { items, nowMs: this.#unixMs() } })) {
        this.#blocked = true;
        this.#stream.once("drain", () => {
          this.#blocked = false;
          this.#send();
        });
      }
    }
  }
}
