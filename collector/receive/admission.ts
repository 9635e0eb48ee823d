import { type Clock, systemClock } from "../clock.ts";
import { type Refusal, refusal } from "./answer.ts";
import type { Client } from "./client.ts";
import { FairShare } from "./fairShare.ts";
import { type Room, RoomRate } from "./roomRate.ts";
import { Turns } from "./turns.ts";

/** Bodies of all requests that are being read, together; above it further ones are turned away with a delay. */
export const BYTES_IN_FLIGHT_MAX = 268_435_456;
const RETRY_MS = 1000;

export type ReceiveSettings = { requestBytesMax: number; concurrentRequestsMax: number; clientRequestsMax: number };

type Parts = {
  /** Nothing is let in while it is full. */
  memory?: { readonly state: string };
  /** Where accepted requests go; while it is scarce, clients get equal shares of it. Undefined: it never is. */
  room?: Room;
  clock?: Pick<Clock, "now">;
};

/** What all receivers share: who is let in, how many requests and bytes may be read at the same time, and in which order they are taken in. */
export class Admission {
  draining = false;
  readonly turns = new Turns();
  #settings: ReceiveSettings;
  #requests = 0;
  #bytes = 0;
  readonly #share: FairShare<Client>;
  readonly #rate: RoomRate | undefined;
  readonly #memory: Parts["memory"];
  readonly #changed = new Set<(settings: ReceiveSettings) => void>();

  constructor(settings: ReceiveSettings, { memory, room, clock = systemClock }: Parts = {}) {
    this.#settings = settings;
    this.#memory = memory;
    this.#share = new FairShare(clock);
    this.#rate = room && new RoomRate(room, clock);
  }

  get settings(): ReceiveSettings {
    return this.#settings;
  }

  /** In force from the next request on. */
  set settings(settings: ReceiveSettings) {
    this.#settings = settings;
    for (const changed of this.#changed) changed(settings);
  }

  /** Calls `changed` after each change of the settings; the answer ends that. */
  onChange(changed: (settings: ReceiveSettings) => void): () => void {
    this.#changed.add(changed);
    return () => this.#changed.delete(changed);
  }

  get requests(): number {
    return this.#requests;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Before anything of a request's body is read: undefined when it may be; each such one must `leave` once. */
  enter(client: Client): Refusal | undefined {
    const { concurrentRequestsMax, clientRequestsMax } = this.#settings;
    if (this.draining) return refusal("draining", "the collector is shutting down; send to another one or retry", RETRY_MS);
    if (this.#memory?.state === "full") return refusal("memory_limit", "the collector is at its memory limit (memory.limitBytes)", RETRY_MS);
    if (client.requests >= clientRequestsMax) {
      return refusal("client_limit", `${client.requests} requests of this connection are open already (receive.clientRequestsMax)`, RETRY_MS);
    }
    if (this.#requests >= concurrentRequestsMax) {
      return refusal("busy", `${this.#requests} requests are being read already (receive.concurrentRequestsMax)`, RETRY_MS);
    }
    this.#look();
    if (this.#share.isSpent(client)) return this.#beyondShare();
    this.#requests++;
    client.requests++;
    return undefined;
  }

  /** A whole request of so many bytes, decompressed, before it is scanned: undefined when its client's share allows it to be taken in. */
  mayTakeIn(client: Client, bytes: number): Refusal | undefined {
    if (this.#rate === undefined) return undefined;
    this.#look();
    return this.#share.take(client, bytes) ? undefined : this.#beyondShare();
  }

  /** And it was. */
  tookIn(bytes: number): void {
    this.#rate?.takenIn(bytes);
  }

  leave(client: Client): void {
    this.#requests--;
    client.requests--;
  }

  /** A buffer is about to grow by `bytes`; false when there is no room for it now. */
  reserve(bytes: number): boolean {
    if (this.#bytes + bytes > Math.max(BYTES_IN_FLIGHT_MAX, 2 * this.#settings.requestBytesMax)) return false;
    this.#bytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#bytes -= bytes;
  }

  #look(): void {
    const rate = this.#rate?.look();
    if (rate !== undefined) this.#share.update(rate.fill, rate.bytesPerS);
  }

  #beyondShare(): Refusal {
    const level = Math.round(this.#share.level);
    return refusal("client_share", `room is scarce, and this connection has used up its share of it (${level} bytes of requests a second)`, RETRY_MS);
  }
}
