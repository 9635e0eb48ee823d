import { setTimeout as sleep } from "node:timers/promises";

type Closer = { name: string; close: () => Promise<void> | void };

/** What was started, to be stopped in the opposite order. A step that hangs or fails does not keep the next one from its turn. */
export class Closers {
  readonly #steps: Closer[] = [];
  readonly #report: (message: string) => void;

  constructor(report: (message: string) => void) {
    this.#report = report;
  }

  add(name: string, close: () => Promise<void> | void): void {
    this.#steps.push({ name, close });
  }

  async closeAll(stepDeadlineMs: number): Promise<void> {
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      const { name, close } = step;
      const late = sleep(stepDeadlineMs, "late" as const, { ref: false });
      try {
        if ((await Promise.race([Promise.resolve(close()), late])) === "late")
          this.#report(`stopping ${name} took longer than ${stepDeadlineMs} ms; going on without it`);
      } catch (error) {
        this.#report(`stopping ${name} failed: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}
