import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Bytes of dropped buffers after which the young generation is collected; well under the 64 MB of buffers at which V8 marks the whole heap. */
const YOUNG_EVERY_BYTES = 8_388_608;
/**
 * The young generation is large enough then for what lives between two of its collections. Left alone it grows to a hundred megabytes in minutes and never shrinks, because V8 gives
 * back memory only while it marks in small steps (main.ts): 70 MB more resident in a soak. The factor is read each time that it would grow.
 */
const YOUNG_BYTES_MAX = 8_388_608;
/**
 * The heap is marked when what lives long has grown by so much, buffers included. Left alone V8 takes a process with little to do for one that wants its memory small, and marks all of
 * 16 MB for every 2 MB more: 70 to 150 ms every ten seconds at 10,000 spans/s (bench peers).
 */
const GROWTH = "--heap-growing-percent=50";
const NO_GROWTH = "--semi-space-growth-factor=1";

export type HeapRelief = {
  /** Once, before any traffic: loading and compiling modules leaves about 20 MB of garbage that an idle process would keep. */
  afterStart(): void;
  /** A full collection, for when memory runs out. */
  collect(): void;
  /**
   * For bytes that came in buffers made for them alone, from the network or from the log. These die young, but there are few objects beside them, so V8 would not look at the young generation
   * until their size makes it mark the whole heap, several times a second: a fifth of the CPU under load (bench collector).
   */
  received(bytes: number): void;
};

export function createHeapRelief(): HeapRelief {
  setFlagsFromString("--expose-gc");
  const given: unknown = runInNewContext("gc");
  const collect = typeof given === "function" ? given : () => {};
  let since = 0;
  let isCapped = false;
  return {
    afterStart() {
      setFlagsFromString(GROWTH);
      collect({ type: "major", flavor: "last-resort" });
    },
    collect: () => collect({ type: "major" }),
    received(bytes) {
      since += bytes;
      if (since < YOUNG_EVERY_BYTES) return;
      since = 0;
      collect({ type: "minor" });
      if (isCapped) return;
      const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
      if (young === undefined || young.space_size < YOUNG_BYTES_MAX) return;
      isCapped = true;
      setFlagsFromString(NO_GROWTH);
    },
  };
}
