const WINDOW_MS = 3_600_000;
export const FAILED_SIGN_INS_PER_HOUR = 100;

/** Which failed tries to sign in become events of their own: a hundred an hour. The rest is counted, and the next event says how many there were. */
export class FailedSignIns {
  readonly #nowMs: () => number;
  readonly #max: number;
  #taken = 0;
  #untilMs = 0;
  #unrecorded = 0;
  /** All that were left out, since the start. */
  leftOut = 0;

  constructor(nowMs: () => number, max = FAILED_SIGN_INS_PER_HOUR) {
    this.#nowMs = nowMs;
    this.#max = max;
  }

  /** Null when there were too many; else how many were left out since the last one. */
  take(): number | null {
    const now = this.#nowMs();
    if (now >= this.#untilMs) {
      this.#taken = 0;
      this.#untilMs = now + WINDOW_MS;
    }
    if (this.#taken >= this.#max) {
      this.#unrecorded++;
      this.leftOut++;
      return null;
    }
    this.#taken++;
    const unrecorded = this.#unrecorded;
    this.#unrecorded = 0;
    return unrecorded;
  }
}
