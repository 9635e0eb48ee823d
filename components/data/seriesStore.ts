import type { LiveHistory, LivePoint } from "#domain/telemetry/live.ts";

export const SERIES_SECONDS = 900;

/** Fifteen minutes as columns: `points[i]` is at `fromMs + i * 1000`, the newest last; a gap is null. */
export type SeriesView = { fromMs: number; points: readonly (LivePoint | null)[]; loaded: boolean };
export type SeriesStore = ReturnType<typeof createSeriesStore>;

/** Holds the last 900 seconds of one scope, from history and live events in any order; older ones fall out. */
export function createSeriesStore(seconds = SERIES_SECONDS) {
  const slots: (LivePoint | null)[] = new Array(seconds).fill(null);
  const stamps = new Float64Array(seconds).fill(-1);
  const listeners = new Set<() => void>();
  let last = -1;
  let loaded = false;
  let view: SeriesView | null = null;

  function put(second: number, point: LivePoint | null) {
    if (second <= last - seconds) return;
    const slot = second % seconds;
    if (point !== null) {
      stamps[slot] = second;
      slots[slot] = point;
    }
    if (second > last) last = second;
  }

  function changed() {
    view = null;
    for (const listener of listeners) listener();
  }

  return {
    push(point: LivePoint) {
      put(Math.floor(point.atMs / 1000), point);
      changed();
    },
    /** History wins over what came live: it also has what collectors delivered late. Where it knows nothing, what came live stays. */
    load(history: Pick<LiveHistory, "fromMs" | "stepMs" | "points">) {
      const first = Math.floor(history.fromMs / 1000);
      let newest = -1;
      for (const [index, point] of history.points.entries()) if (point !== null) newest = index;
      for (let index = 0; index <= newest; index++) put(first + index, history.points[index]);
      loaded = true;
      changed();
    },
    view(): SeriesView {
      if (view !== null) return view;
      if (last < 0) {
        view = { fromMs: 0, points: [], loaded };
        return view;
      }
      const first = last - seconds + 1;
      const points = Array.from({ length: seconds }, (_, index) => {
        const slot = (((first + index) % seconds) + seconds) % seconds;
        return stamps[slot] === first + index ? slots[slot] : null;
      });
      view = { fromMs: first * 1000, points, loaded };
      return view;
    },
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The newest point of a view, or null. */
export function newestPoint(view: SeriesView): LivePoint | null {
  for (let index = view.points.length - 1; index >= 0; index--) {
    const point = view.points[index];
    if (point !== null) return point;
  }
  return null;
}
