/** For so long at a time requests that wait are taken in, before sockets are read again and timers run. */
const TURN_MS = 4;
/** Bytes of those that wait that a client may have taken in before it is the next one's turn. */
const QUANTUM_BYTES = 131_072;
/**
 * Bytes that are taken in as they come, of one client and of all, between two readings of the sockets: one and a few milliseconds. Waiting costs, since the bytes have
 * left the processor's cache by then; and time would be no measure here, since most of it goes into reading.
 */
const AT_ONCE_BYTES = 524_288;
const AT_ONCE_ALL_BYTES = 4_194_304;
/** What a request costs besides its bytes, so that many tiny ones are not free. */
const REQUEST_BYTES = 1_024;

/** Takes a request in and gives how many bytes that were, after decompression. */
export type Take = () => number;

/** What of one client waits to be taken in, oldest first. */
export class Line {
  readonly waiting: Take[] = [];
  deficit = 0;
  /** Bytes taken in at once in turn `turn`. */
  taken = 0;
  turn = -1;
}

type Parts = {
  now: () => number;
  /** Runs once the sockets that are ready have been read. */
  defer: (run: () => void) => void;
};

/**
 * The order in which whole requests are taken in, over all receivers. At once, as long as its client has not had its part since sockets were last read; what is
 * more waits, and is taken in turn by turn with deficit round robin (Shreedhar and Varghese 1995), where the cost of a request is known only afterwards: a client that
 * has had too much sits out until its deficit is positive again. So a client that sends a lot waits for itself. What may wait is bounded by who lets requests in.
 */
export class Turns {
  readonly #now: () => number;
  readonly #defer: (run: () => void) => void;
  /** Clients that wait, next first. */
  readonly #lines: Line[] = [];
  #turn = 0;
  #takenAtOnce = 0;
  #isDeferred = false;

  constructor({ now, defer }: Parts = { now: () => performance.now(), defer: (run) => void setImmediate(run) }) {
    this.#now = now;
    this.#defer = defer;
  }

  take(line: Line, take: Take): void {
    if (line.turn !== this.#turn) {
      line.turn = this.#turn;
      line.taken = 0;
    }
    if (!this.#isDeferred) {
      this.#isDeferred = true;
      this.#takenAtOnce = 0;
      this.#defer(() => this.#run());
    }
    if (line.waiting.length === 0 && line.taken < AT_ONCE_BYTES && this.#takenAtOnce < AT_ONCE_ALL_BYTES) {
      const bytes = REQUEST_BYTES + take();
      line.taken += bytes;
      this.#takenAtOnce += bytes;
      return;
    }
    if (line.waiting.length === 0) this.#lines.push(line);
    line.waiting.push(take);
  }

  /** It need not be taken in any more. */
  cancel(line: Line, take: Take): void {
    const at = line.waiting.indexOf(take);
    if (at < 0) return;
    line.waiting.splice(at, 1);
    const lineAt = this.#lines.indexOf(line);
    if (line.waiting.length === 0 && lineAt >= 0) this.#lines.splice(lineAt, 1);
  }

  /** Clients of which something waits. */
  get clientsWaiting(): number {
    return this.#lines.length;
  }

  #run(): void {
    this.#isDeferred = false;
    this.#turn++;
    if (this.#lines.length === 0) return;
    const until = this.#now() + TURN_MS;
    for (let line = this.#lines.shift(); line !== undefined; line = this.#lines.shift()) {
      if (line.deficit <= 0) line.deficit += QUANTUM_BYTES;
      while (line.deficit > 0 && line.waiting.length > 0 && this.#now() < until) {
        const take = line.waiting.shift();
        if (take !== undefined) line.deficit -= REQUEST_BYTES + take();
      }
      if (line.waiting.length === 0) line.deficit = Math.min(0, line.deficit);
      else if (line.deficit > 0) this.#lines.unshift(line);
      else this.#lines.push(line);
      if (this.#now() >= until) break;
    }
    if (this.#lines.length === 0 || this.#isDeferred) return;
    this.#isDeferred = true;
    this.#takenAtOnce = 0;
    this.#defer(() => this.#run());
  }
}
