/** Upper bounds in seconds, from a fifth of a millisecond to a minute, as traces may wait that long. */
export const BUCKET_BOUNDS = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60];

/** A classic Prometheus histogram since the process started. */
export class BucketCounts {
  count = 0;
  sum = 0;
  readonly #perBucket = new Float64Array(BUCKET_BOUNDS.length + 1);

  record(seconds: number): void {
    let bucket = 0;
    while (bucket < BUCKET_BOUNDS.length && seconds > BUCKET_BOUNDS[bucket]) bucket++;
    this.#perBucket[bucket]++;
    this.count++;
    this.sum += seconds;
  }

  /** Observations at or below each bound; the last is all of them. */
  cumulative(): number[] {
    let seen = 0;
    return Array.from(this.#perBucket, (count) => {
      seen += count;
      return seen;
    });
  }
}
