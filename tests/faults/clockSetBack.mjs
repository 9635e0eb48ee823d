// Preloaded into a collector by machineFaults.test.ts: the wall clock is set back by an hour, so long after the start.
const real = Date.now;
const began = performance.now();
const after = Number(process.env.CLOCK_SET_BACK_AFTER_MS);
Date.now = () => (performance.now() - began > after ? real() - 3_600_000 : real());
