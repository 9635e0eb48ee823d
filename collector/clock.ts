/** Time as the rooms see it, so that tests neither sleep nor flake. `now` never goes backwards; `unixMs` is wall-clock time. */
export type Clock = {
  now(): number;
  unixMs(): number;
  /** Calls `run` once after `ms`; the answer cancels it. */
  after(ms: number, run: () => void): () => void;
};

export const systemClock: Clock = {
  now: () => performance.now(),
  unixMs: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
