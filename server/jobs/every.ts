export type Job = { stop(): Promise<void> };

/** Runs `work` every so often, never twice at the same time. What it throws is reported, and the next turn comes all the same. */
export function every(intervalMs: number, work: () => Promise<void>, onError: (error: unknown) => void): Job {
  let running: Promise<void> | null = null;
  const timer = setInterval(() => {
    running ??= work()
      .catch(onError)
      .finally(() => {
        running = null;
      });
  }, intervalMs);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
