import type { MessagePort } from "node:worker_threads";
import type { KeepAllRule } from "#domain/fleet/keepAll.ts";
import type { ProfileRequest } from "#domain/fleet/profileRequest.ts";
import type { ShadowReport, ShadowStart } from "#domain/sampling/compare/shadowReport.ts";
import type { Explanation } from "#domain/sampling/explanation.ts";
import type { Applied } from "../pipeline.ts";
import type { PlaneFigures } from "../self/planeFigures.ts";
import type { ThreadProfile } from "../self/threadProfile.ts";
import type { PlaneParts } from "./localPlane.ts";
import type { PlaneWindow } from "./plane.ts";

/** How the threads of a data plane know each other. `ports[own]` is undefined. */
export type ShardPlaces = { own: number; seed: number; ports: (MessagePort | undefined)[]; closed: Int32Array<SharedArrayBuffer> };

/** What a thread begins with. */
export type PlaneThreadData = Omit<PlaneParts, "log" | "memoryHeld" | "shards" | "otlp"> & {
  shards: ShardPlaces | undefined;
  held: Float64Array<SharedArrayBuffer>;
  index: number;
};

/** What is asked of a thread, and what it answers. */
export type PlaneAnswers = {
  start: { otlpGrpc: number; otlpHttp: number };
  apply: Applied;
  keepAll: undefined;
  figures: PlaneFigures;
  endWindow: PlaneWindow;
  explain: Explanation;
  startShadow: undefined;
  stopShadow: undefined;
  shadowReport: ShadowReport | undefined;
  profile: ThreadProfile[];
  endProfile: undefined;
  lookAtFiles: undefined;
  closeReceivers: undefined;
  drain: undefined;
  stop: undefined;
};
export type PlaneAsk =
  | { ask: "start"; otlp: PlaneParts["otlp"] }
  | { ask: "apply"; input: unknown; revision: number }
  | { ask: "keepAll"; rules: readonly KeepAllRule[] }
  | { ask: "figures" }
  | { ask: "endWindow" }
  | { ask: "explain"; traceId: string }
  | { ask: "startShadow"; start: ShadowStart }
  | { ask: "stopShadow" }
  | { ask: "shadowReport" }
  | { ask: "profile"; request: ProfileRequest }
  | { ask: "endProfile" }
  | { ask: "lookAtFiles" }
  | { ask: "closeReceivers"; deadlineMs: number }
  | { ask: "drain"; deadlineMs: number }
  | { ask: "stop" };
export type PlaneRequest = PlaneAsk & { number: number };

export type PlaneReply =
  | { kind: "answer"; number: number; value: PlaneAnswers[keyof PlaneAnswers] }
  | { kind: "failed"; number: number; code: string | undefined; message: string }
  | { kind: "log"; level: "info" | "warn"; fields: Record<string, unknown>; message: string };
