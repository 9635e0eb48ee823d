import type { ReasonRates } from "./delivery.ts";
import type { CollectorRow, LedgerView, LivePoint } from "./live.ts";

/** Where the reader can see for himself what a part of the sentence claims. */
export type Evidence = "throughput" | "outcome" | "stages" | "queue" | "waiting" | "collectors" | "configuration" | "memory" | "breakers" | "log" | "reasons";

/** A piece of the sentence. Figures and times stay values, so that the page formats them in the reader's way. */
export type VerdictPart =
  | { kind: "text"; text: string }
  | { kind: "strong"; text: string; evidence?: Evidence }
  | { kind: "rate"; spansPerS: number; evidence?: Evidence }
  | { kind: "count"; spans: number; evidence?: Evidence }
  | { kind: "share"; share: number; evidence?: Evidence }
  | { kind: "bytes"; bytes: number; evidence?: Evidence }
  | { kind: "duration"; ms: number }
  | { kind: "time"; atMs: number };

export type Verdict = { level: "ok" | "warn" | "bad" | "idle"; parts: VerdictPart[] };

export type VerdictFacts = {
  /** Newest last, one per second, the last 15 minutes; gaps are null. */
  fromMs: number;
  points: readonly (LivePoint | null)[];
  rows: readonly (Pick<CollectorRow, "name" | "state" | "lastSeenMs" | "configState" | "queueSpans" | "queueCapacitySpans"> & {
    delivery?: CollectorRow["delivery"];
  })[];
  ledger: Pick<LedgerView, "balanced"> | null;
  /** Absent as long as nobody has said. */
  reasons?: Pick<ReasonRates, "dropped"> | null;
  everReceived: boolean;
  /** One collector's own page speaks of it instead of the fleet. */
  subject: { kind: "fleet" } | { kind: "collector"; name: string };
};

/** A condition may pause this long and still count as one. */
export const PAUSE_SECONDS = 5;

export function text(value: string): VerdictPart {
  return { kind: "text", text: value };
}
export function strong(value: string, evidence?: Evidence): VerdictPart {
  return { kind: "strong", text: value, evidence };
}
export function time(atMs: number): VerdictPart {
  return { kind: "time", atMs };
}

export function places(some: readonly { name: string }[], all: number): string {
  return some.length === 1 ? some[0].name : `${some.length} of ${all} collectors`;
}

/** ` since 14:31`, or nothing where that is not known. */
export function sincePart(atMs: number | null): VerdictPart[] {
  return atMs === null ? [] : [text(" since "), time(atMs)];
}

/** The start of the stretch, reaching to now, over which `holds`; gaps neither start nor end it, short pauses do not end it. */
export function holdsSince(points: readonly (LivePoint | null)[], fromMs: number, holds: (point: LivePoint) => boolean): number | null {
  let since: number | null = null;
  let pause = 0;
  for (let index = points.length - 1; index >= 0; index--) {
    const point = points[index];
    if (point === null) continue;
    if (holds(point)) {
      since = fromMs + index * 1000;
      pause = 0;
    } else {
      pause += 1;
      if (pause > PAUSE_SECONDS) break;
    }
  }
  return since;
}
