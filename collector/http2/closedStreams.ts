/** A power of two. */
const REMEMBERED = 128;

export const CLOSED = {
  /** It never was one, or is forgotten. */
  unknown: 0,
  /** Both sides had said all. */
  ended: 1,
  resetByPeer: 2,
  /** What its client had sent before it knew may still come. */
  resetHere: 3,
} as const;
export type Closed = (typeof CLOSED)[keyof typeof CLOSED];

/** How the latest streams of a connection were closed, by which it is known what a frame for one means (RFC 9113, 5.1). Made with the first. */
export class ClosedStreams {
  #ids: Int32Array | undefined;
  #how: Uint8Array | undefined;

  add(streamId: number, how: Closed): void {
    this.#ids ??= new Int32Array(REMEMBERED);
    this.#how ??= new Uint8Array(REMEMBERED);
    const at = (streamId >>> 1) & (REMEMBERED - 1);
    this.#ids[at] = streamId;
    this.#how[at] = how;
  }

  how(streamId: number): Closed {
    const at = (streamId >>> 1) & (REMEMBERED - 1);
    return this.#ids?.[at] === streamId ? ((this.#how?.[at] ?? CLOSED.unknown) as Closed) : CLOSED.unknown;
  }
}
