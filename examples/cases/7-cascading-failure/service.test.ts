import { describe, expect, it } from "vitest";
import { backlogSeconds, repairSeconds } from "./recovery.ts";
import { Service } from "./service.ts";

const SETTINGS = { requestsPerSecond: 100, spansPerRequest: 20, workers: 50, workMs: 20, slowMs: 500 };
const QUEUE_MAX = 2_000;

/** An exporter that takes what it gets until it is full, and is emptied by the test. */
function exporter() {
  const one = {
    queued: 0,
    dropped: 0,
    onEnd(spans: number) {
      const taken = Math.min(spans, QUEUE_MAX - one.queued);
      one.queued += taken;
      one.dropped += spans - taken;
    },
  };
  return one;
}

function run(service: Service, fromMs: number, toMs: number, each: () => void = () => {}) {
  for (let now = fromMs; now < toMs; now += 10) {
    service.tick(now, 10, Math.floor(now / 1000));
    each();
  }
}

describe("a service", () => {
  it("answers every request in time while its exporter has room", () => {
    const one = exporter();
    const service = new Service(SETTINGS, one, QUEUE_MAX);
    run(service, 0, 3000, () => {
      one.queued = 0;
    });
    expect(service.seconds.map(({ ok, all }) => ok === all && all >= 97 && all <= 101)).toEqual([true, true, true]);
  });

  it("fails its requests while its exporter is full, turns away what it has no worker for, and recovers at once when there is room", () => {
    const one = exporter();
    const service = new Service(SETTINGS, one, QUEUE_MAX);
    run(service, 0, 4000);
    expect(one.queued).toBe(QUEUE_MAX);
    expect(one.dropped).toBeGreaterThan(0);
    expect(service.seconds[0].ok).toBeGreaterThan(90);
    expect(service.seconds[2].ok).toBe(0);
    expect(service.seconds[3].all).toBeGreaterThan(90);
    run(service, 4000, 6000, () => {
      one.queued = 0;
    });
    expect(service.seconds[5].ok).toBe(service.seconds[5].all);
  });
});

describe("the time to repair", () => {
  const good = { ok: 100, all: 100 };
  const bad = { ok: 98, all: 100 };
  const story = (seconds: { ok: number; all: number }[], away: { fromMs: number; toMs: number }[] = []) => ({
    services: [{ seconds: Array(20).fill(good) }, { seconds }],
    startedAt: 5000,
    away,
  });
  const seconds = (badFrom: number, badTo: number) => Array.from({ length: 20 }, (_, at) => (at >= badFrom && at < badTo ? bad : good));

  it("ends with the last bad second of any service, and is 0 where there was none", () => {
    expect(repairSeconds(story(seconds(6, 9)), 5, 20)).toBe(4);
    expect(repairSeconds(story(seconds(0, 5)), 5, 20)).toBe(0);
  });

  it("counts the time in which the collector was away", () => {
    expect(repairSeconds(story(seconds(0, 0), [{ fromMs: 5000 + 11_500, toMs: 5000 + 14_200 }]), 5, 20)).toBe(10);
  });

  it("is not known when it was not over at the end", () => {
    expect(repairSeconds(story(seconds(6, 20)), 5, 20)).toBeNull();
    expect(repairSeconds(story(seconds(0, 0).slice(0, 15)), 5, 20)).toBeNull();
  });
});

describe("the time until what had piled up is delivered", () => {
  const ledger = (queued: number) => ({ received: 0, sampledOut: 0, waiting: 0, queued, delivered: 0, dropped: 0, refused: 0 });
  const samples = [500_000, 400_000, 90, 80].map((queued, at) => ({ atMs: 10_000 + at * 1000, ledger: ledger(queued) }));

  it("ends with the last look that found much, and is not known while there was no such look", () => {
    expect(backlogSeconds(samples, 10_000, 20_000, 100)).toBe(1);
    expect(backlogSeconds(samples, 10_000, 20_000, 1_000_000)).toBe(0);
    expect(backlogSeconds(samples, 10_000, 11_500, 100)).toBeNull();
    expect(backlogSeconds([], 10_000, 20_000, 100)).toBeNull();
  });
});
