/** Instead of a batch's number: in the write-ahead log alone; shed; or not followed, because the request's spans went several ways. */
export const IN_LOG_ALONE = -2;
export const SHED = -3;
export const NOT_FOLLOWED = -4;

/** Batches whose way can be told; the older ones are forgotten. */
const BATCHES_MAX = 4096;

export type BatchWay = {
  number: number;
  /** On the clock's `now`; undefined: not yet. */
  firstTryAt: number | undefined;
  endedAt: number | undefined;
  outcome: "queued" | "delivered" | "dropped";
  /** Why it was dropped, or what the backend said with it. */
  message: string;
};

/** What became of the latest batches, so that a trace can be followed to the backend's answer. */
export class BatchLog {
  readonly #ways: (BatchWay | undefined)[] = [];

  /** Its first try begins. */
  began(number: number, now: number): void {
    this.#ways[number % BATCHES_MAX] = { number, firstTryAt: now, endedAt: undefined, outcome: "queued", message: "" };
  }

  /** It is settled. A batch can be delivered in part: the first word stands, what comes after is added to the message. */
  ended(number: number, now: number, outcome: "delivered" | "dropped", message: string): void {
    const known = this.#ways[number % BATCHES_MAX];
    if (known === undefined || known.number !== number) this.#ways[number % BATCHES_MAX] = { number, firstTryAt: undefined, endedAt: now, outcome, message };
    else if (known.outcome === "queued") Object.assign(known, { endedAt: now, outcome, message });
    else known.message = message;
  }

  /** Undefined for one that waits for its first try, or that is forgotten. */
  find(number: number): BatchWay | undefined {
    const way = this.#ways[number % BATCHES_MAX];
    return way?.number === number ? way : undefined;
  }
}
