import type { LiveEvent, LiveTopic } from "#domain/telemetry/live.ts";

export const QUEUE_MAX = 64;
/** At most 20 frames a second in the long run, a few at once. */
const FRAMES_PER_S = 20;
const BURST = 6;

/** One tab. Events that replace each other are merged while they wait; when the tab can't keep up the oldest are dropped and counted. */
export class LiveSubscriber {
  readonly topics: readonly LiveTopic[];
  readonly #nowMs: () => number;
  readonly #onDropped: () => void;
  readonly #queue = new Map<string, LiveEvent>();
  #wake: (() => void) | null = null;
  #tokens = BURST;
  #refilledAtMs: number;
  #closed = false;
  dropped = 0;

  constructor(topics: readonly LiveTopic[], nowMs: () => number, onDropped: () => void = () => {}) {
    this.topics = topics;
    this.#nowMs = nowMs;
    this.#onDropped = onDropped;
    this.#refilledAtMs = nowMs();
  }

  get queued(): number {
    return this.#queue.size;
  }

  wants(kind: LiveTopic["kind"], id?: string): boolean {
    return this.topics.some((topic) => topic.kind === kind && (topic.kind !== "collector" || topic.id === id));
  }

  push(event: LiveEvent): void {
    if (this.#closed) return;
    const key = mergeKey(event);
    this.#queue.delete(key);
    this.#queue.set(key, event);
    for (const oldest of this.#queue.keys()) {
      if (this.#queue.size <= QUEUE_MAX) break;
      this.#queue.delete(oldest);
      this.dropped++;
      this.#onDropped();
    }
    this.#wake?.();
  }

  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  async *events(signal: AbortSignal): AsyncGenerator<LiveEvent> {
    const onAbort = () => this.close();
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) this.close();
    try {
      while (!this.#closed) {
        const next = this.#queue.entries().next().value;
        if (!next) await this.#sleep(null);
        else {
          const waitMs = this.#takeToken();
          if (waitMs > 0) await this.#sleep(waitMs);
          else {
            this.#queue.delete(next[0]);
            yield next[1];
          }
        }
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.close();
    }
  }

  #takeToken(): number {
    const now = this.#nowMs();
    this.#tokens = Math.min(BURST, this.#tokens + (Math.max(0, now - this.#refilledAtMs) * FRAMES_PER_S) / 1_000);
    this.#refilledAtMs = now;
    if (this.#tokens < 1) return Math.ceil(((1 - this.#tokens) * 1_000) / FRAMES_PER_S);
    this.#tokens -= 1;
    return 0;
  }

  /** Until something comes (`null`), or for so long; closing ends both. */
  #sleep(ms: number | null): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === null ? null : setTimeout(resolve, ms);
      this.#wake = () => {
        if (ms !== null && !this.#closed) return;
        if (timer) clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
    });
  }
}

/** Events with the same key replace each other; each second's point stands for itself. */
function mergeKey(event: LiveEvent): string {
  switch (event.kind) {
    case "fleet":
      return `fleet ${event.point.atMs}`;
    case "collector":
      return `collector ${event.id} ${event.point.atMs}`;
    case "configReport":
      return `configReport ${event.collectorId} ${event.revision}`;
    case "changed":
      return `changed ${event.entity} ${event.id}`;
    case "delivery":
      return `delivery ${event.seq}`;
    case "collectors":
    case "health":
      return event.kind;
  }
}
