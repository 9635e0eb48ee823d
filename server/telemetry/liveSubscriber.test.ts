import { describe, expect, it, vi } from "vitest";
import type { LiveEvent } from "#domain/telemetry/live.ts";
import { LiveSubscriber, QUEUE_MAX } from "./liveSubscriber.ts";

const changed = (id: string): LiveEvent => ({ kind: "changed", entity: "policy", id });

describe("one tab's queue", () => {
  it("merges events that replace each other, and keeps the order of the others", async () => {
    const tab = new LiveSubscriber([], () => 0);
    for (const event of [changed("a"), changed("b"), changed("a")]) tab.push(event);
    expect(tab.queued).toBe(2);
    const events = tab.events(new AbortController().signal);
    expect((await events.next()).value).toEqual(changed("b"));
    expect((await events.next()).value).toEqual(changed("a"));
  });

  it("drops the oldest when a tab does not keep up, and counts them", () => {
    let told = 0;
    const tab = new LiveSubscriber(
      [],
      () => 0,
      () => told++,
    );
    for (let i = 0; i < QUEUE_MAX + 10; i++) tab.push(changed(String(i)));
    expect([tab.queued, tab.dropped, told]).toEqual([QUEUE_MAX, 10, 10]);
  });

  it("sends at most 20 frames a second in the long run, and most of what comes slower", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
    const tab = new LiveSubscriber([], Date.now);
    let sent = 0;
    const reading = (async () => {
      for await (const _ of tab.events(new AbortController().signal)) sent++;
    })();
    for (let ms = 0; ms < 3_000; ms += 10) {
      tab.push(changed(String(ms)));
      await vi.advanceTimersByTimeAsync(10);
    }
    tab.close();
    vi.useRealTimers();
    await reading;
    expect(sent).toBeGreaterThan(55);
    expect(sent).toBeLessThanOrEqual(67);
  });

  it("ends when it is closed and when its signal aborts, also while it waits", async () => {
    const abort = new AbortController();
    const waiting = new LiveSubscriber([], () => 0).events(abort.signal).next();
    abort.abort();
    expect((await waiting).done).toBe(true);
    const tab = new LiveSubscriber([], () => 0);
    const other = tab.events(new AbortController().signal).next();
    tab.close();
    expect((await other).done).toBe(true);
  });
});
