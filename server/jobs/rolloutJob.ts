import { setImmediate as breathe } from "node:timers/promises";
import type { ServiceContext } from "../services/context.ts";
import { moveRollout } from "../services/rollouts/moveRollout.ts";
import { recordWindows, type WindowToRecord } from "../services/rollouts/recordWindows.ts";
import { WindowCache } from "../services/rollouts/rolloutWindows.ts";
import { type WatchedRollout, watchedRollouts } from "../services/rollouts/watchedRollouts.ts";
import type { LiveHub } from "../telemetry/liveHub.ts";

/** Collectors report each second while a rollout is live; after so long a window is taken to be whole. */
const REPORT_WITHIN_MS = 1_500;
/** What the live view holds is 15 minutes. */
const BEFORE_MS = 900_000;
const BEFORE_WINDOWS_MAX = 180;
/** A replica that comes to a stage late has nothing to tell of its beginning. */
const LATE_WINDOWS_MAX = 100;

export type RolloutJobOptions = { ctx: ServiceContext; hub: LiveHub; replica: string };

/** One turn of the clock: what this replica's collectors measured is written down for every live rollout, and those whose lease it has are moved on. */
export function createRolloutJob({ ctx, hub, replica }: RolloutJobOptions): () => Promise<void> {
  const windows = new WindowCache();
  /** The rollouts whose time before the start this replica has told, and up to when it has told the time since. */
  const told = new Map<number, { before: boolean; stage: number | null; untilMs: number }>();

  const figures = (changed: readonly string[], control: readonly string[], atMs: number, windowMs: number) => ({
    changed: hub.sideFigures(changed, atMs, atMs + windowMs),
    control: hub.sideFigures(control, atMs, atMs + windowMs),
  });

  /** A quarter of an hour of a large group, once for each stage: in pieces, so that nobody else has to wait for the whole. Oldest first, before they are forgotten. */
  async function before({ startedAtMs, windowMs, planned, changed, control }: WatchedRollout): Promise<WindowToRecord[]> {
    const all = [...changed, ...control];
    const last = Math.floor(startedAtMs / windowMs) * windowMs - windowMs;
    const count = Math.min(BEFORE_WINDOWS_MAX, Math.floor(BEFORE_MS / windowMs));
    const stages = planned().map((members) => {
      const isChanged = new Set(members);
      return { members, others: all.filter((id) => !isChanged.has(id)) };
    });
    const found: WindowToRecord[] = [];
    for (let atMs = last - (count - 1) * windowMs; atMs <= last; atMs += windowMs) {
      for (const [stage, { members, others }] of stages.entries()) {
        const window = { stage, atMs, figures: figures(members, others, atMs, windowMs) };
        if (window.figures.changed.reporting > 0 || window.figures.control.reporting > 0) found.push(window);
      }
      await breathe();
    }
    return found;
  }

  /** Windows of the open stage that are whole by now and were not told yet. */
  function since(rollout: WatchedRollout, untilMs: number, nowMs: number): WindowToRecord[] {
    const { stage, windowMs, changed, control } = rollout;
    const found: WindowToRecord[] = [];
    for (let atMs = untilMs; stage !== null && atMs + windowMs + REPORT_WITHIN_MS <= nowMs; atMs += windowMs) {
      const window = { stage, atMs, figures: figures(changed, control, atMs, windowMs) };
      if (window.figures.changed.collectors > 0 || window.figures.control.collectors > 0) found.push(window);
    }
    return found;
  }

  async function record(rollout: WatchedRollout): Promise<void> {
    const { number, stage, openedAtMs, windowMs } = rollout;
    const nowMs = ctx.ports.nowMs();
    const known = told.get(number) ?? { before: false, stage: null, untilMs: 0 };
    if (!known.before) await recordWindows({ ctx, input: { number, replica, windowMs, windows: await before(rollout) } });
    const begun = Math.floor((openedAtMs ?? nowMs) / windowMs) * windowMs;
    const fromMs = known.stage === stage ? known.untilMs : Math.max(begun, nowMs - LATE_WINDOWS_MAX * windowMs - (nowMs % windowMs));
    const fresh = since(rollout, fromMs, nowMs);
    await recordWindows({ ctx, input: { number, replica, windowMs, windows: fresh } });
    const whole = Math.max(fromMs, Math.floor((nowMs - REPORT_WITHIN_MS) / windowMs) * windowMs);
    told.set(number, { before: true, stage, untilMs: stage === null ? fromMs : whole });
  }

  return async () => {
    if (hub.database.state !== "up") return;
    const live = await watchedRollouts({ ctx });
    const numbers = live.map(({ number }) => number);
    hub.setRolloutsLive(live.length > 0);
    windows.keepOnly(numbers);
    for (const number of told.keys()) if (!numbers.includes(number)) told.delete(number);
    const failed: unknown[] = [];
    for (const rollout of live) {
      try {
        await record(rollout);
        await moveRollout({ ctx, input: { number: rollout.number, replica, windows } });
      } catch (error) {
        // One that can't be moved on now must not hold up the others.
        failed.push(error);
      }
    }
    if (failed.length > 0) throw failed[0];
  };
}
