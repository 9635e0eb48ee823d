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
  memory?: { readonly state: string; takingIn(bytes: number): void };
  /** Where accepted requests go; while it is scarce, clients get equal shares of it. Undefined: it never is. */
  room?: Room;
  clock?: Pick<Clock, "now">;
};

/** What counts for the whole of a data plane, whatever room requests go to. */
type Shared = {
  settings: ReceiveSettings;
  draining: boolean;
  requests: number;
  bytes: number;
  turns: Turns;
  changed: Set<(settings: ReceiveSettings) => void>;
};

/** What all receivers share: who is let in, how many requests and bytes may be read at the same time, and in which order they are taken in. */
export class Admission {
  readonly #all: Shared;
  readonly #clock: Pick<Clock, "now">;
  readonly #share: FairShare<Client>;
  readonly #rate: RoomRate | undefined;
  readonly #memory: Parts["memory"];

  constructor(settings: ReceiveSettings, { memory, room, clock = systemClock }: Parts = {}, shared?: Shared) {
    this.#all = shared ?? { settings, draining: false, requests: 0, bytes: 0, turns: new Turns(), changed: new Set() };
    this.#clock = clock;
    this.#memory = memory;
    this.#share = new FairShare(clock);
    this.#rate = room && new RoomRate(room, clock);
  }

  /** The same bounds, counts and order for requests that go to a room of their own: shares are of that one. */
  forRoom(room: Room): Admission {
    return new Admission(this.settings, { memory: this.#memory, room, clock: this.#clock }, this.#all);
  }

  get turns(): Turns {
    return this.#all.turns;
  }

  get draining(): boolean {
    return this.#all.draining;
  }

  /** Nothing more is let in. */
  set draining(draining: boolean) {
    this.#all.draining = draining;
  }

  get settings(): ReceiveSettings {
    return this.#all.settings;
  }

  /** In force from the next request on. */
  set settings(settings: ReceiveSettings) {
    this.#all.settings = settings;
    for (const changed of this.#all.changed) changed(settings);
  }

  /** Calls `changed` after each change of the settings; the answer ends that. */
  onChange(changed: (settings: ReceiveSettings) => void): () => void {
    this.#all.changed.add(changed);
    return () => this.#all.changed.delete(changed);
  }

  get requests(): number {
    return this.#all.requests;
  }

  get bytes(): number {
    return this.#all.bytes;
  }

  /** Before anything of a request's body is read: undefined when it may be; each such one must `leave` once. */
  enter(client: Client): Refusal | undefined {
    const { concurrentRequestsMax, clientRequestsMax } = this.settings;
    if (this.draining) return refusal("draining", "the collector is shutting down; send to another one or retry", RETRY_MS);
    if (this.#memory?.state === "full") return refusal("memory_limit", "the collector is at its memory limit (memory.limitBytes)", RETRY_MS);
    if (client.requests >= clientRequestsMax) {
      return refusal("client_limit", `${client.requests} requests of this connection are open already (receive.clientRequestsMax)`, RETRY_MS);
    }
    if (this.requests >= concurrentRequestsMax) {
      return refusal("busy", `${this.requests} requests are being read already (receive.concurrentRequestsMax)`, RETRY_MS);
    }
    this.#look();
    if (this.#share.isSpent(client)) return this.#beyondShare();
    this.#all.requests++;
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
    this.#all.requests--;
    client.requests--;
  }

  /** A buffer is about to grow by `bytes`; false when there is no room for it now. */
  reserve(bytes: number): boolean {
    if (this.bytes + bytes > Math.max(BYTES_IN_FLIGHT_MAX, 2 * this.settings.requestBytesMax)) return false;
    this.#all.bytes += bytes;
    this.#memory?.takingIn(bytes);
    return true;
  }

  release(bytes: number): void {
    this.#all.bytes -= bytes;
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
