import { beforeEach, describe, expect, it } from "vitest";
import type { LiveEvent, LiveTopic } from "#domain/telemetry/live.ts";
import { createLiveStore, type OpenStream, TOPICS_MAX } from "./liveStore.ts";

type Opened = { topics: LiveTopic[]; handlers: Parameters<OpenStream>[1]; closed: boolean };

let nowMs = 0;
let timers: { at: number; run: () => void }[] = [];
let streams: Opened[] = [];

/** Runs what is due within the next `ms`, in order. */
function pass(ms: number) {
  const until = nowMs + ms;
  for (;;) {
    timers.sort((a, b) => a.at - b.at);
    if (timers.length === 0 || timers[0].at > until) break;
    const timer = timers.shift();
    nowMs = timer?.at ?? until;
    timer?.run();
  }
  nowMs = until;
}

function store() {
  return createLiveStore(
    (topics, handlers) => {
      const opened: Opened = { topics, handlers, closed: false };
      streams.push(opened);
      return () => {
        opened.closed = true;
      };
    },
    {
      now: () => nowMs,
      random: () => 1,
      setTimer: (run, ms) => {
        const timer = { at: nowMs + ms, run };
        timers.push(timer);
        return () => {
          timers = timers.filter((other) => other !== timer);
        };
      },
    },
  );
}

const open = () => streams.filter((stream) => !stream.closed);
const rows: LiveEvent = { kind: "collectors", rows: [] };

beforeEach(() => {
  nowMs = 1000;
  timers = [];
  streams = [];
});

describe("liveStore", () => {
  it("opens one stream for all topics that components watch at the same time", () => {
    const live = store();
    live.watch({ kind: "fleet" });
    live.watch({ kind: "collectors" });
    live.watch({ kind: "fleet" });
    pass(100);
    expect(streams.length).toBe(1);
    expect(streams[0].topics).toEqual([{ kind: "fleet" }, { kind: "collectors" }]);
  });

  it("never has two streams open, also while topics come and go", () => {
    const live = store();
    const release = live.watch({ kind: "fleet" });
    for (let index = 0; index < 20; index++) {
      const stop = live.watch({ kind: "collector", id: `c${index}` });
      pass(50);
      expect(open().length).toBe(1);
      if (index % 2) stop();
      pass(50);
      expect(open().length).toBe(1);
    }
    release();
  });

  it("gives an event to those who watch its topic and to nobody else", () => {
    const live = store();
    const told: string[] = [];
    live.watch({ kind: "collectors" });
    live.watch({ kind: "fleet" });
    live.onTopic({ kind: "collectors" }, () => told.push("collectors"));
    live.onTopic({ kind: "fleet" }, () => told.push("fleet"));
    pass(100);
    streams[0].handlers.onEvent(rows);
    expect(told).toEqual(["collectors"]);
    expect(live.latest({ kind: "collectors" })?.event).toBe(rows);
  });

  it("closes the stream with the last watcher, and forgets what it heard", () => {
    const live = store();
    const release = live.watch({ kind: "collectors" });
    pass(100);
    streams[0].handlers.onEvent(rows);
    release();
    release();
    pass(100);
    expect(open().length).toBe(0);
    expect(live.latest({ kind: "collectors" })).toBeUndefined();
  });

  it("says that it is lost, tries again ever more slowly, and counts the recovery", () => {
    const live = store();
    live.watch({ kind: "fleet" });
    pass(100);
    streams[0].handlers.onOpen();
    expect(live.connection().state).toBe("live");
    streams[0].handlers.onFail(new Error("gone"));
    expect(live.connection()).toMatchObject({ state: "lost", epoch: 0 });
    pass(500);
    expect(streams.length).toBe(2);
    streams[1].handlers.onFail(new Error("still gone"));
    pass(500);
    expect(streams.length).toBe(2);
    pass(500);
    expect(streams.length).toBe(3);
    streams[2].handlers.onOpen();
    expect(live.connection()).toMatchObject({ state: "live", epoch: 1 });
  });

  it("opens the stream anew after 20 s of silence, and calls it lost only when that is not answered", () => {
    const live = store();
    live.watch({ kind: "fleet" });
    pass(100);
    streams[0].handlers.onOpen();
    pass(21_000);
    expect(live.connection().state).toBe("live");
    expect(streams.map((stream) => stream.closed)).toEqual([true, false]);
    pass(20_000);
    expect(live.connection().state).toBe("lost");
    expect(open().length).toBeLessThanOrEqual(1);
  });

  it("does not listen to a stream that it has left", () => {
    const live = store();
    live.watch({ kind: "collectors" });
    pass(100);
    live.watch({ kind: "fleet" });
    pass(100);
    streams[0].handlers.onFail(new Error("late"));
    streams[0].handlers.onEvent(rows);
    expect(live.connection().state).toBe("connecting");
    expect(live.latest({ kind: "collectors" })).toBeUndefined();
  });

  it("turns topics away beyond its bound, and counts them", () => {
    const live = store();
    for (let index = 0; index < TOPICS_MAX + 3; index++) live.watch({ kind: "collector", id: `c${index}` })();
    expect(live.turnedAway()).toBe(0);
    const releases = Array.from({ length: TOPICS_MAX + 3 }, (_, index) => live.watch({ kind: "collector", id: `c${index}` }));
    expect(live.turnedAway()).toBe(3);
    pass(100);
    expect(streams.at(-1)?.topics.length).toBe(TOPICS_MAX);
    for (const release of releases) release();
  });

  it("starts again after it was closed, as React does in development", () => {
    const live = store();
    live.watch({ kind: "fleet" });
    live.close();
    live.start();
    pass(100);
    expect(open().length).toBe(1);
  });
});
