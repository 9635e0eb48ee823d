import type { Clock } from "../clock.ts";

/** The room that accepted requests take up further on: a queue, a log. Bytes are those of kept spans. */
export type Room = {
  /** 0: empty, 1: nothing more gets in. */
  fill(): number;
  heldBytes(): number;
  /** All that has ever come into it. */
  enteredBytes(): number;
};

const LOOK_EVERY_MS = 250;
const OVER_MS = 5_000;
/** What is free up to this fill is handed out over so many seconds, beside what comes free; above it the room is brought back to it likewise. */
const FILL_WANTED = 0.9;
const HANDED_OUT_OVER_S = 10;

/** For how many bytes of requests a second there is room: what leaves it, in terms of what comes in, since of most requests only a part is kept. */
export class RoomRate {
  readonly #room: Room;
  readonly #clock: Pick<Clock, "now">;
  #lookedAt: number;
  #entered: number;
  #held: number;
  #takenIn = 0;
  // Sums of the last seconds, exponentially weighted.
  #enteredSum = 0;
  #freedSum = 0;
  #takenInSum = 0;
  #secondsSum = 0;

  constructor(room: Room, clock: Pick<Clock, "now">) {
    this.#room = room;
    this.#clock = clock;
    this.#lookedAt = clock.now();
    this.#entered = room.enteredBytes();
    this.#held = room.heldBytes();
  }

  /** A request of so many bytes was let in. */
  takenIn(bytes: number): void {
    this.#takenIn += bytes;
  }

  /** Every 250 ms or less often; else undefined. `bytesPerS` is infinite while nothing of the requests is kept. */
  look(): { fill: number; bytesPerS: number } | undefined {
    const passedMs = this.#clock.now() - this.#lookedAt;
    if (passedMs < LOOK_EVERY_MS) return undefined;
    this.#lookedAt += passedMs;
    const entered = this.#room.enteredBytes();
    const held = this.#room.heldBytes();
    const came = entered - this.#entered;
    const faded = Math.exp(-passedMs / OVER_MS);
    this.#enteredSum = this.#enteredSum * faded + came;
    this.#freedSum = this.#freedSum * faded + Math.max(0, came - (held - this.#held));
    this.#takenInSum = this.#takenInSum * faded + this.#takenIn;
    this.#secondsSum = this.#secondsSum * faded + passedMs / 1000;
    this.#entered = entered;
    this.#held = held;
    this.#takenIn = 0;
    const fill = this.#room.fill();
    return { fill, bytesPerS: this.#bytesPerS(fill) };
  }

  #bytesPerS(fill: number): number {
    if (this.#enteredSum <= 0 || this.#takenInSum <= 0) return Number.POSITIVE_INFINITY;
    const capacity = fill > 0 ? this.#held / fill : 0;
    const free = this.#freedSum / this.#secondsSum + ((FILL_WANTED - fill) * capacity) / HANDED_OUT_OVER_S;
    return Math.max(0, free) * (this.#takenInSum / this.#enteredSum);
  }
}
