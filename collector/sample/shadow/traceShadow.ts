import type { CompiledPolicy } from "../compilePolicy.ts";
import type { SpanStore } from "../trace/spanStore.ts";
import type { TraceTable } from "../trace/traceTable.ts";

/** A trace that has just been decided, all of it still there. `tier` is by its place in `compiled`. */
export type DecidedTrace = {
  table: TraceTable;
  store: SpanStore;
  slot: number;
  compiled: CompiledPolicy;
  tier: number;
  kept: boolean;
  bytes: number;
};

/** Who looks on while traces are decided, and changes nothing. */
export type TraceShadow = {
  decided(trace: DecidedTrace): void;
  /** A span of so many bytes that follows a decision taken before. */
  late(bytes: number): void;
};
