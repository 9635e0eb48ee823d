import { setImmediate as breathe } from "node:timers/promises";
import { gapsOf, type SideFigures } from "#domain/fleet/rollout/rolloutWindow.ts";
import type { ServiceContext } from "../services/context.ts";
import { moveRollout } from "../services/rollouts/moveRollout.ts";
import { recordWindows, type WindowToRecord } from "../services/rollouts/recordWindows.ts";
import { rewriteWindows } from "../services/rollouts/rewriteWindows.ts";
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

/** So long a window is looked at again whose measurements have not all come; readers take no notice of what changes later. */
const LATE_WITHIN_MS = 60_000;
const LATE_EVERY_MS = 2_000;
/** Windows that are waited for, of one rollout. */
const LATE_WINDOWS_OPEN_MAX = 60;

export type RolloutJobOptions = { ctx: ServiceContext; hub: LiveHub; replica: string };

/** A window that was told, and of whom. */
type OpenWindow = { window: WindowToRecord; changed: readonly string[]; control: readonly string[] };
/** `beforeMs`: up to when the time before the first stage opened is told. */
type Told = {
  beforeMs: number | null;
  stage: number | null;
  untilMs: number;
  windowMs: number;
  changed: readonly string[];
  control: readonly string[];
  open: OpenWindow[];
  lookAtMs: number;
  /** When it was seen to have ended. */
  endedAtMs: number | null;
};
const NOTHING_TOLD: Told = { beforeMs: null, stage: null, untilMs: 0, windowMs: 0, changed: [], control: [], open: [], lookAtMs: 0, endedAtMs: null };

/** One turn of the clock: what this replica's collectors measured is written down for every live rollout, and those whose lease it has are moved on. */
export function createRolloutJob({ ctx, hub, replica }: RolloutJobOptions): () => Promise<void> {
  const windows = new WindowCache();
  /** What this replica has told of each rollout. */
  const told = new Map<number, Told>();

  const figures = (changed: readonly string[], control: readonly string[], atMs: number, windowMs: number, countedToMs?: number) => ({
    changed: hub.sideFigures(changed, atMs, atMs + windowMs, countedToMs),
    control: hub.sideFigures(control, atMs, atMs + windowMs, countedToMs),
  });

  /** A quarter of an hour of a large group, once for each stage: in pieces, so that nobody else has to wait for the whole. Oldest first, before they are forgotten. */
  async function before({ windowMs, planned, changed, control }: WatchedRollout, fromMs: number, untilMs: number): Promise<WindowToRecord[]> {
    if (fromMs >= untilMs) return [];
    const all = [...changed, ...control];
    const stages = planned().map((members) => {
      const isChanged = new Set(members);
      return { members, others: all.filter((id) => !isChanged.has(id)) };
    });
    const found: WindowToRecord[] = [];
    for (let atMs = fromMs; atMs < untilMs; atMs += windowMs) {
      for (const [stage, { members, others }] of stages.entries()) {
        const window = { stage, atMs, figures: figures(members, others, atMs, windowMs) };
        if (window.figures.changed.reporting > 0 || window.figures.control.reporting > 0) found.push(window);
      }
      await breathe();
    }
    return found;
  }

  /** Windows of the open stage that are whole by now and were not told yet. */
  function since(rollout: Pick<Told, "stage" | "windowMs" | "changed" | "control">, untilMs: number, nowMs: number): WindowToRecord[] {
    const { stage, windowMs, changed, control } = rollout;
    const found: WindowToRecord[] = [];
    for (let atMs = untilMs; stage !== null && atMs + windowMs + REPORT_WITHIN_MS <= nowMs; atMs += windowMs) {
      const window = { stage, atMs, figures: figures(changed, control, atMs, windowMs) };
      if (window.figures.changed.collectors > 0 || window.figures.control.collectors > 0) found.push(window);
    }
    return found;
  }

  /** Those of which more has come since, or whose silence a later measurement has told of; what has not changed, or is known less of, stays as it is written. */
  function fuller({ open, windowMs, untilMs }: Told): OpenWindow[] {
    return open.flatMap(({ window, changed, control }) => {
      const now = figures(changed, control, window.atMs, windowMs, untilMs);
      const { changed: was, control: wasControl } = window.figures;
      const knowsLess = now.changed.collectors < was.collectors || now.changed.reporting < was.reporting || now.control.reporting < wasControl.reporting;
      const knowsMore = measuredOf(now.changed) > measuredOf(was) || measuredOf(now.control) > measuredOf(wasControl);
      return knowsMore && !knowsLess ? [{ window: { ...window, figures: now }, changed, control }] : [];
    });
  }

  async function record(rollout: WatchedRollout): Promise<void> {
    const { number, stage, openedAtMs, windowMs } = rollout;
    const nowMs = ctx.ports.nowMs();
    const known = told.get(number) ?? NOTHING_TOLD;
    const opened = Math.floor((openedAtMs ?? nowMs) / windowMs) * windowMs;
    const beforeMs = Math.min(opened, Math.floor((nowMs - REPORT_WITHIN_MS) / windowMs) * windowMs);
    const count = Math.min(BEFORE_WINDOWS_MAX, Math.floor(BEFORE_MS / windowMs));
    const earlier = stage === null || stage === 0 ? await before(rollout, known.beforeMs ?? beforeMs - count * windowMs, beforeMs) : [];
    await recordWindows({ ctx, input: { number, replica, windowMs, windows: earlier } });
    const begun = Math.floor((openedAtMs ?? nowMs) / windowMs) * windowMs;
    const fromMs = known.stage === stage ? known.untilMs : Math.max(begun, nowMs - LATE_WINDOWS_MAX * windowMs - (nowMs % windowMs));
    const fresh = since(rollout, fromMs, nowMs);
    await recordWindows({ ctx, input: { number, replica, windowMs, windows: fresh } });
    const { changed, control } = rollout;
    const open = [...known.open, ...fresh.map((window) => ({ window, changed, control }))];
    const whole = Math.max(fromMs, Math.floor((nowMs - REPORT_WITHIN_MS) / windowMs) * windowMs);
    told.set(number, {
      ...known,
      beforeMs: Math.max(known.beforeMs ?? 0, beforeMs),
      stage,
      untilMs: stage === null ? fromMs : whole,
      windowMs,
      changed,
      control,
      open: stillOpen(open, windowMs),
    });
    await fillIn(number);
  }

  const stillOpen = (open: readonly OpenWindow[], windowMs: number) =>
    open.filter((one) => !isWhole(one) && one.window.atMs + windowMs > ctx.ports.nowMs() - LATE_WITHIN_MS).slice(-LATE_WINDOWS_OPEN_MAX);

  /** What has come late, for windows that were told; also of a rollout that has ended, whose last ones may be short of it. */
  async function fillIn(number: number): Promise<void> {
    const of = told.get(number);
    const nowMs = ctx.ports.nowMs();
    if (!of || of.open.length === 0 || nowMs < of.lookAtMs) return;
    const better = fuller(of);
    await rewriteWindows({ ctx, input: { number, replica, windows: better.map(({ window }) => window) } });
    const open = of.open.map((one) => better.find(({ window }) => window.atMs === one.window.atMs && window.stage === one.window.stage) ?? one);
    told.set(number, { ...of, open: stillOpen(open, of.windowMs), lookAtMs: nowMs + LATE_EVERY_MS });
  }

  /** The window in which it ended is told as well, and what comes late of those before. */
  async function recordEnd(number: number): Promise<void> {
    const of = told.get(number);
    if (!of) return;
    const nowMs = ctx.ports.nowMs();
    const endedAtMs = of.endedAtMs ?? nowMs;
    const fresh = since(of, of.untilMs, nowMs).filter(({ atMs }) => atMs <= endedAtMs);
    await recordWindows({ ctx, input: { number, replica, windowMs: of.windowMs, windows: fresh } });
    const untilMs = fresh.length === 0 ? of.untilMs : fresh[fresh.length - 1].atMs + of.windowMs;
    const open = [...of.open, ...fresh.map((window) => ({ window, changed: of.changed, control: of.control }))];
    told.set(number, { ...of, endedAtMs, untilMs, open: stillOpen(open, of.windowMs) });
    await fillIn(number);
    const isTold = of.stage === null || untilMs > endedAtMs || nowMs > endedAtMs + LATE_WITHIN_MS;
    if (isTold && told.get(number)?.open.length === 0) told.delete(number);
  }

  return async () => {
    if (hub.database.state !== "up") return;
    const live = await watchedRollouts({ ctx });
    const numbers = live.map(({ number }) => number);
    hub.setRolloutsLive(live.length > 0);
    windows.keepOnly(numbers);
    const failed: unknown[] = [];
    for (const number of told.keys()) if (!numbers.includes(number)) await recordEnd(number).catch((error) => failed.push(error));
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

/** Collectors of whose time in the window all is measured. */
const measuredOf = (side: SideFigures) => side.collectors + side.reporting - gapsOf(side);

/** Nothing more can come: all that were changed are here, and none has a gap. */
function isWhole({ window, changed }: OpenWindow): boolean {
  const { figures } = window;
  return figures.changed.collectors >= changed.length && gapsOf(figures.changed) === 0 && gapsOf(figures.control) === 0;
}
