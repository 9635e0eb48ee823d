import { type Refusal, refusal } from "./answer.ts";

/** Bodies of all requests that are being read, together; above it further ones are turned away with a delay. */
export const BYTES_IN_FLIGHT_MAX = 268_435_456;
const BUSY_RETRY_MS = 1000;

export type ReceiveSettings = { requestBytesMax: number; concurrentRequestsMax: number };

/** What all receivers share: how many requests and bytes may be read at the same time, and whether anything is still let in. */
export class Admission {
  settings: ReceiveSettings;
  draining = false;
  #requests = 0;
  #bytes = 0;

  constructor(settings: ReceiveSettings) {
    this.settings = settings;
  }

  get requests(): number {
    return this.#requests;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Undefined when the request may be read; each such one must `leave` once. */
  enter(): Refusal | undefined {
    if (this.draining) return refusal("draining", "the collector is shutting down; send to another one or retry", BUSY_RETRY_MS);
    if (this.#requests >= this.settings.concurrentRequestsMax) {
      return refusal("busy", `${this.#requests} requests are being read already (receive.concurrentRequestsMax)`, BUSY_RETRY_MS);
    }
    this.#requests++;
    return undefined;
  }

  leave(): void {
    this.#requests--;
  }

  /** A buffer is about to grow by `bytes`; false when there is no room for it now. */
  reserve(bytes: number): boolean {
    if (this.#bytes + bytes > Math.max(BYTES_IN_FLIGHT_MAX, 2 * this.settings.requestBytesMax)) return false;
    this.#bytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#bytes -= bytes;
  }
}
