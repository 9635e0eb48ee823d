import type { CollectorConfig } from "#domain/fleet/collectorConfig.ts";
import type { KeepAllRule } from "#domain/fleet/keepAll.ts";
import type { ProfileRequest } from "#domain/fleet/profileRequest.ts";
import type { ShadowReport, ShadowStart } from "#domain/sampling/compare/shadowReport.ts";
import type { Explanation } from "#domain/sampling/explanation.ts";
import type { Applied } from "../pipeline.ts";
import type { GcWindow } from "../self/gcPauses.ts";
import type { PlaneFigures } from "../self/planeFigures.ts";
import type { DelayFigures } from "../self/runtime.ts";
import type { WindowSnapshot } from "../self/stageTimers.ts";
import type { ThreadProfile } from "../self/threadProfile.ts";

/** What happened since the last window ended, and where everything stands. */
export type PlaneWindow = { window: WindowSnapshot; eventLoopDelay: DelayFigures; gc: GcWindow; figures: PlaneFigures };

/** The data plane, receivers to backends, as the rest of the process sees it: in this thread or in several of their own. */
export type Plane = {
  readonly ports: { otlpGrpc: number; otlpHttp: number };
  readonly config: CollectorConfig;
  readonly hash: string;
  /** Makes `input` the running configuration, or says why not; then nothing has changed. */
  apply(input: unknown, revision: number): Promise<Applied>;
  /** What keeps everything that matches it from now on, beside the policy: the whole list. Rejects when there is not the memory for it. */
  keepAll(rules: readonly KeepAllRule[]): Promise<void>;
  figures(): Promise<PlaneFigures>;
  /** Once a second. */
  endWindow(): Promise<PlaneWindow>;
  explain(traceId: string): Promise<Explanation>;
  /** Tries a policy beside the running one, in place of any that was tried before; nothing is sent otherwise than without. Rejects when it can't be compiled. */
  startShadow(start: ShadowStart): Promise<void>;
  stopShadow(): Promise<void>;
  /** Of the one that was started last; undefined when none was. */
  shadowReport(): Promise<ShadowReport | undefined>;
  /** Records all threads that there are, the one that asks as well, for the same seconds. Rejects when the signal aborts; then none records any more. */
  profile(request: ProfileRequest, signal: AbortSignal): Promise<ThreadProfile[]>;
  /** Reads the files of the receivers' certificates and tokens now. */
  lookAtFiles(): Promise<void>;
  /** No new requests; those being read are answered. What is left at the deadline is cut. */
  closeReceivers(deadlineMs: number): Promise<void>;
  /** Delivers what is queued until the deadline. */
  drain(deadlineMs: number): Promise<void>;
  /** Last, once nothing more is asked. */
  stop(): Promise<void>;
};

/** How a data plane tells the operator something. */
export type PlaneLog = (level: "info" | "warn", fields: Record<string, unknown>, message: string) => void;
