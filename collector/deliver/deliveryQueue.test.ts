import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../manualClock.ts";
import { BATCH_HEADROOM, type Batch } from "./batch.ts";
import { DeliveryQueue, type DeliverySettings } from "./deliveryQueue.ts";
import { DELIVERED, type Exporter, type ExportOutcome } from "./exporter.ts";

const settings: DeliverySettings = {
  queue: { spansMax: 100, bytesMax: 1000 },
  retry: { initialMs: 100, maxMs: 1000, maxElapsedMs: 10_000, budgetRatio: 1, budgetFloorPerSecond: 1000 },
  delivery: { concurrency: 2, timeoutMs: 500 },
  breaker: { failureThreshold: 1_000_000, openForMs: 30_000, probes: 1 },
};
const retryable: ExportOutcome = { kind: "retryable", message: "later", retryAfterMs: undefined };

/** An exporter whose answers the test gives, one by one. */
class FakeExporter implements Exporter {
  readonly failure = { exhausted: "retry_exhausted", permanent: "permanent_error" } as const;
  readonly asked: { batch: Batch; answer: (outcome: ExportOutcome) => void }[] = [];
  closed = false;
  auto: ExportOutcome | undefined;

  export(batch: Batch): Promise<ExportOutcome> {
    if (this.auto !== undefined) {
      this.asked.push({ batch, answer: () => {} });
      return Promise.resolve(this.auto);
    }
    return new Promise((answer) => this.asked.push({ batch, answer }));
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }
}

let clock: ManualClock;
let exporter: FakeExporter;
let queue: DeliveryQueue;
let log: string[];
let released: number;
beforeEach(() => {
  clock = new ManualClock();
  exporter = new FakeExporter();
  log = [];
  released = 0;
  queue = queueOf(settings);
});

function queueOf(given: DeliverySettings): DeliveryQueue {
  return new DeliveryQueue({
    settings: given,
    exporter,
    clock,
    random: () => 0.5,
    observer: {
      waited: () => {},
      exported: () => {},
      delivered: (spans) => log.push(`delivered ${spans}`),
      dropped: (reason, spans) => log.push(`dropped ${spans} ${reason}`),
      left: ({ spans }) => log.push(`left ${spans}`),
      tryFailed: () => {},
      breakerChanged: (state) => log.push(state),
    },
  });
}

function push(spans: number, logged?: { from: number; to: number }): void {
  const end = BATCH_HEADROOM + spans;
  queue.admit(spans, spans);
  queue.push({ number: 0, buffer: Buffer.alloc(end), end, spans, firstAt: clock.now(), logged, release: () => released++ });
}

describe("DeliveryQueue", () => {
  it("holds no buffer of a batch that was delivered", async () => {
    setFlagsFromString("--expose-gc");
    const collectGarbage: () => void = runInNewContext("gc");
    const buffers: WeakRef<Buffer>[] = [];
    exporter.auto = DELIVERED;
    for (let batch = 0; batch < 20; batch++) {
      const buffer = Buffer.allocUnsafeSlow(BATCH_HEADROOM + 1);
      buffers.push(new WeakRef(buffer));
      queue.admit(1, 1);
      queue.push({ number: 0, buffer, end: buffer.length, spans: 1, firstAt: clock.now(), logged: undefined, release: () => {} });
    }
    while (queue.spans > 0) await nextTurn();
    exporter.asked.length = 0;
    await nextTurn();
    collectGarbage();
    expect(buffers.filter((buffer) => buffer.deref() !== undefined).length).toBeLessThanOrEqual(1);
  });

  it("admits up to its bounds and no more, counting what is in flight", () => {
    push(60);
    expect(queue.hasRoom(40, 40)).toBe(true);
    expect(queue.hasRoom(41, 41)).toBe(false);
    expect(queue.hasRoom(1, 941)).toBe(false);
  });

  it("works on so many batches at a time, oldest first", async () => {
    for (const spans of [1, 2, 3, 4]) push(spans);
    expect(exporter.asked.map(({ batch }) => batch.spans)).toEqual([1, 2]);
    exporter.asked[1].answer(DELIVERED);
    await clock.advance(0);
    expect(exporter.asked.map(({ batch }) => batch.spans)).toEqual([1, 2, 3]);
    expect([queue.spans, queue.bytes, released]).toEqual([8, 8, 1]);
  });

  it("waits longer from try to try, and gives up after maxElapsedMs", async () => {
    exporter.auto = retryable;
    push(5);
    const triesBy = async (ms: number) => {
      await clock.advance(ms - clock.now());
      return exporter.asked.length;
    };
    expect([await triesBy(49), await triesBy(50), await triesBy(149), await triesBy(150), await triesBy(350)]).toEqual([1, 2, 2, 3, 4]);
    await clock.advance(20_000);
    expect(log).toEqual(["dropped 5 retry_exhausted"]);
    expect(queue.spans).toBe(0);
    expect(exporter.asked.length).toBeLessThan(30);
  });

  it("never comes back earlier than the backend asked for", async () => {
    exporter.auto = { kind: "retryable", message: "", retryAfterMs: 3000 };
    push(5);
    await clock.advance(2999);
    expect(exporter.asked).toHaveLength(1);
    await clock.advance(1);
    expect(exporter.asked).toHaveLength(2);
  });

  it("does not retry what was refused for good", async () => {
    exporter.auto = { kind: "permanent", message: "no" };
    push(5);
    await clock.advance(60_000);
    expect([exporter.asked.length, log]).toEqual([1, ["dropped 5 permanent_error"]]);
  });

  it("counts a partial success in both, and believes no more than was sent", async () => {
    exporter.auto = { kind: "delivered", rejectedSpans: 2, message: "" };
    push(5);
    await clock.advance(0);
    exporter.auto = { kind: "delivered", rejectedSpans: 999, message: "" };
    push(5);
    await clock.advance(0);
    expect(log).toEqual(["delivered 3", "dropped 2 backend_rejected", "dropped 5 backend_rejected"]);
  });

  it("hands what waits for its next try, and what is queued, to a new exporter; tries under way end at the old one", async () => {
    push(1);
    push(2);
    push(3);
    exporter.asked[0].answer(retryable);
    await clock.advance(0);
    const old = exporter;
    exporter = new FakeExporter();
    exporter.auto = DELIVERED;
    const replaced = queue.replaceExporter(exporter, 100);
    await clock.advance(0);
    expect(exporter.asked.map(({ batch }) => batch.spans)).toEqual([1]);
    expect(old.closed).toBe(false);
    old.asked[1].answer(retryable);
    old.asked[2].answer(retryable);
    await replaced;
    await clock.advance(0);
    expect(old.closed).toBe(true);
    expect(log.sort()).toEqual(["delivered 1", "delivered 2", "delivered 3"]);
  });

  it("does not close an exporter that it is given again", async () => {
    await queue.replaceExporter(exporter, 100);
    expect(exporter.closed).toBe(false);
  });

  it("takes new settings at once", async () => {
    for (const spans of [1, 2, 3, 4]) push(spans);
    queue.configure({ ...settings, delivery: { concurrency: 4, timeoutMs: 500 } });
    expect(exporter.asked).toHaveLength(4);
    queue.configure({ ...settings, queue: { spansMax: 10, bytesMax: 1000 } });
    expect(queue.hasRoom(1, 1)).toBe(false);
  });

  it("drains: waits for what is queued", async () => {
    push(1);
    push(2);
    push(3);
    let drained = false;
    void queue.drain(1000).then(() => {
      drained = true;
    });
    exporter.asked[0].answer(DELIVERED);
    exporter.asked[1].answer(DELIVERED);
    await clock.advance(0);
    expect(drained).toBe(false);
    exporter.asked[2].answer(DELIVERED);
    await clock.advance(0);
    expect([drained, exporter.closed, queue.spans]).toEqual([true, true, 0]);
  });

  it("drains: drops and counts what is left at the deadline", async () => {
    exporter.auto = retryable;
    for (const spans of [1, 2, 3, 4]) push(spans);
    const drained = queue.drain(1000);
    await clock.advance(2000);
    await drained;
    expect(log.sort()).toEqual(["dropped 1 shutdown", "dropped 2 shutdown", "dropped 3 shutdown", "dropped 4 shutdown"]);
    push(5);
    expect(log.at(-1)).toBe("dropped 5 shutdown");
    expect(queue.spans).toBe(0);
  });

  it("tries again when an exporter breaks its promise and rejects", async () => {
    exporter.export = () => Promise.reject(new Error("bug"));
    push(1);
    await clock.advance(0);
    exporter.export = () => Promise.resolve(DELIVERED);
    await clock.advance(1000);
    expect(log).toEqual(["delivered 1"]);
  });

  describe("with a breaker", () => {
    const guarded: DeliverySettings = { ...settings, breaker: { failureThreshold: 3, openForMs: 5000, probes: 1 } };
    beforeEach(() => {
      queue = queueOf(guarded);
    });

    it("stops trying, probes with one batch at a time, and goes on once one came through", async () => {
      exporter.auto = retryable;
      for (let i = 0; i < 10; i++) push(1);
      await clock.advance(4000);
      const whileOpen = exporter.asked.length;
      expect(whileOpen).toBeLessThanOrEqual(4);
      await clock.advance(30_000);
      // One probe each five seconds and a little more.
      expect(exporter.asked.length - whileOpen).toBeGreaterThanOrEqual(5);
      expect(exporter.asked.length - whileOpen).toBeLessThanOrEqual(7);
      exporter.auto = DELIVERED;
      await clock.advance(6000);
      expect(log.filter((line) => line === "delivered 1")).toHaveLength(10);
      expect(queue.breaker.state).toBe("closed");
    });

    it("drops nothing for its age while the breaker is not closed", async () => {
      exporter.auto = retryable;
      push(5);
      await clock.advance(3_600_000);
      expect(log.filter((line) => line.startsWith("dropped"))).toEqual([]);
      exporter.auto = DELIVERED;
      await clock.advance(6000);
      expect(log.at(-1)).toBe("delivered 5");
    });

    it("is not held up by one batch that the backend alone can't take", async () => {
      exporter.export = (batch: Batch) => Promise.resolve(batch.spans === 7 ? retryable : DELIVERED);
      exporter.auto = retryable;
      push(7);
      await clock.advance(60_000);
      for (let i = 0; i < 5; i++) push(1);
      await clock.advance(12_000);
      expect(log.filter((line) => line === "delivered 1")).toHaveLength(5);
    });
  });

  it("lets a batch in back-off take nobody's place", async () => {
    exporter.export = (batch: Batch) => Promise.resolve(batch.spans <= 2 ? retryable : DELIVERED);
    push(1);
    push(2);
    push(3);
    await clock.advance(0);
    expect(log).toEqual(["delivered 3"]);
  });

  it("sends nothing at all before the delay is over that the backend asked for with one batch", async () => {
    exporter.auto = { kind: "retryable", message: "", retryAfterMs: 3000 };
    push(1);
    await clock.advance(0);
    exporter.auto = DELIVERED;
    push(2);
    await clock.advance(2999);
    expect(exporter.asked).toHaveLength(1);
    await clock.advance(1);
    expect(log.sort()).toEqual(["delivered 1", "delivered 2"]);
  });

  it("keeps retries within their budget, and says how often one had to wait", async () => {
    queue = queueOf({ ...settings, queue: { spansMax: 1000, bytesMax: 10_000 }, retry: { ...settings.retry, budgetRatio: 0.1, budgetFloorPerSecond: 1 } });
    exporter.auto = retryable;
    for (let i = 0; i < 50; i++) push(1);
    await clock.advance(9999);
    expect(queue.figures.firstTries).toBe(50);
    expect(queue.figures.retries).toBeLessThanOrEqual(15);
    expect(queue.figures.retries).toBeGreaterThanOrEqual(10);
    expect(queue.figures.retriesHeldBack).toBeGreaterThan(0);
  });

  it("leaves in the write-ahead log at a stop what is there, and drops only the rest", async () => {
    exporter.auto = retryable;
    push(1, { from: 0, to: 1 });
    push(2);
    push(3, { from: 1, to: 2 });
    const drained = queue.drain(1000);
    await clock.advance(2000);
    await drained;
    expect(log.sort()).toEqual(["dropped 2 shutdown", "left 1", "left 3"]);
    expect(queue.spans).toBe(0);
  });

  it("tries through an open breaker at a stop, a few times a second", async () => {
    queue = queueOf({ ...settings, breaker: { failureThreshold: 1, openForMs: 60_000, probes: 1 } });
    exporter.auto = retryable;
    push(1);
    await clock.advance(100);
    expect(queue.breaker.state).toBe("open");
    exporter.asked.length = 0;
    const drained = queue.drain(3000);
    await clock.advance(2000);
    expect(exporter.asked.length).toBeGreaterThan(3);
    expect(exporter.asked.length).toBeLessThan(15);
    exporter.auto = DELIVERED;
    await clock.advance(1000);
    await drained;
    expect(log).toContain("delivered 1");
  });
});
