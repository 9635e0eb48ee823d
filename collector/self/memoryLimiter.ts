import type { MEMORY_STATES, MemoryFigures } from "#domain/telemetry/measurement.ts";
import type { Clock } from "../clock.ts";

export type MemorySettings = { limitBytes: number; softRatio: number };
export type MemoryState = (typeof MEMORY_STATES)[number];

/** An idle process need not be woken for it: it looks after so many bytes that came, too. */
const LOOK_EVERY_MS = 1_000;
const LOOK_EVERY_BYTES = 33_554_432;
const LOOK_IN_TROUBLE_MS = 200;
/** A full collection stops everything for tens of milliseconds. */
const COLLECT_EVERY_MS = 5_000;
/** A state is left this far below the mark that began it, so that it does not flicker. */
const LEAVE_BELOW = 0.95;

type Parts = {
  settings: MemorySettings;
  clock: Clock;
  /** A full garbage collection. */
  collectGarbage: () => void;
  /** Bytes that the process holds; of this thread's heap and buffers unless given. */
  held?: () => number;
};

/**
 * Looks at resident memory: `tight` from the soft mark on, when kept spans are shed tier by tier, `full` at the limit, when every request is refused. Much of what is
 * resident may be garbage, so a mark that is crossed is believed only if a collection does not bring memory below it. Looks from its making until `stop`.
 */
export class MemoryLimiter {
  settings: MemorySettings;
  #state: MemoryState = "ok";
  #heldBytes = 0;
  #bytesSinceLook = 0;
  #collectedAt = Number.NEGATIVE_INFINITY;
  #cancel: () => void = () => {};
  readonly #clock: Clock;
  readonly #collectGarbage: () => void;
  readonly #held: () => number;

  constructor({ settings, clock, collectGarbage, held = memoryHeld }: Parts) {
    this.settings = settings;
    this.#clock = clock;
    this.#collectGarbage = collectGarbage;
    this.#held = held;
    this.#again();
  }

  get state(): MemoryState {
    return this.#state;
  }

  /** How many of so many tiers, from the last, are shed now: one more for each equal step from the soft mark to the limit; the first tier never. */
  shedding(tiers: number): number {
    if (this.#state === "ok") return 0;
    const most = tiers - 1;
    if (this.#state === "full") return most;
    const { limitBytes } = this.settings;
    const risen = Math.max(0, (this.#heldBytes - this.#softBytes) / (limitBytes - this.#softBytes));
    return Math.min(most, 1 + Math.floor(risen * most));
  }

  figures(): MemoryFigures {
    return { state: this.#state, limitBytes: this.settings.limitBytes, softBytes: this.#softBytes };
  }

  /** So many bytes are about to be held. */
  takingIn(bytes: number): void {
    this.#bytesSinceLook += bytes;
    if (this.#bytesSinceLook >= LOOK_EVERY_BYTES) this.#look();
  }

  stop(): void {
    this.#cancel();
  }

  get #softBytes(): number {
    return Math.round(this.settings.limitBytes * this.settings.softRatio);
  }

  #again(): void {
    this.#cancel = this.#clock.after(this.#state === "ok" ? LOOK_EVERY_MS : LOOK_IN_TROUBLE_MS, () => {
      this.#look();
      this.#again();
    });
  }

  #look(): void {
    this.#bytesSinceLook = 0;
    this.#heldBytes = this.#held();
    const isNews = rank(this.#stateAt(this.#heldBytes)) > rank(this.#state);
    const isTrouble = isNews || this.#state !== "ok";
    if (isTrouble && this.#clock.now() - this.#collectedAt >= COLLECT_EVERY_MS) {
      this.#collectedAt = this.#clock.now();
      this.#collectGarbage();
      this.#heldBytes = this.#held();
    }
    this.#state = this.#stateAt(this.#heldBytes);
  }

  #stateAt(rssBytes: number): MemoryState {
    const isFrom = (markBytes: number, state: MemoryState) => rssBytes >= markBytes * (rank(this.#state) >= rank(state) ? LEAVE_BELOW : 1);
    if (isFrom(this.settings.limitBytes, "full")) return "full";
    return isFrom(this.#softBytes, "tight") ? "tight" : "ok";
  }
}

/** Code, stacks, sockets, and what the allocator rounds up: resident memory of an idle collector beyond its heap and buffers. */
const OVERHEAD_BYTES = 67_108_864;

/**
 * Resident memory, less what was given back to the C allocator and not by it to the system: that is used again before memory grows, and after a peak it may be most
 * of what is resident, for as long as the process lives.
 */
function memoryHeld(): number {
  const { rss, heapTotal, external } = process.memoryUsage();
  return Math.min(rss, heapTotal + external + OVERHEAD_BYTES);
}

/** The same for one of several threads: each writes what its heap and its buffers take to a place of `shared`, and all are counted together. */
export function sharedMemoryHeld(shared: Float64Array, own: number): () => number {
  return () => {
    const { rss, heapTotal, external } = process.memoryUsage();
    shared[own] = heapTotal + external;
    return Math.min(
      rss,
      shared.reduce((sum, bytes) => sum + bytes, OVERHEAD_BYTES),
    );
  };
}

function rank(state: MemoryState): number {
  return state === "ok" ? 0 : state === "tight" ? 1 : 2;
}
