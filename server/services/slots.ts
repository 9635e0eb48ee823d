/** So many at the same time; what comes on top is turned away and counted. */
export class Slots {
  readonly max: number;
  #taken = 0;
  refused = 0;

  constructor(max: number) {
    this.max = max;
  }

  /** False when all are taken. Whoever was given one gives it back with `release`. */
  take(): boolean {
    if (this.#taken >= this.max) {
      this.refused++;
      return false;
    }
    this.#taken++;
    return true;
  }

  release(): void {
    this.#taken--;
  }
}
