import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Received bytes after which the young generation is collected; well under the 64 MB of buffers at which V8 marks the whole heap. */
const YOUNG_EVERY_BYTES = 8_388_608;

export type HeapRelief = {
  /** Once, before any traffic: loading and compiling modules leaves about 20 MB of garbage that an idle process would keep. */
  afterStart(): void;
  /** A full collection, for when memory runs out. */
  collect(): void;
  /**
   * For bytes that came in. The network's buffers die young, but there are few objects beside them, so V8 would not look at the young generation
   * until their size makes it mark the whole heap, several times a second: a fifth of the CPU under load (bench collector).
   */
  received(bytes: number): void;
};

export function createHeapRelief(): HeapRelief {
  setFlagsFromString("--expose-gc");
  const given: unknown = runInNewContext("gc");
  const collect = typeof given === "function" ? given : () => {};
  let since = 0;
  return {
    afterStart: () => collect({ type: "major", flavor: "last-resort" }),
    collect: () => collect({ type: "major" }),
    received(bytes) {
      since += bytes;
      if (since < YOUNG_EVERY_BYTES) return;
      since = 0;
      collect({ type: "minor" });
    },
  };
}
