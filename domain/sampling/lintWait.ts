import { formatSetBytes } from "../pipeline/formatSetBytes.ts";
import type { Finding } from "../validation/finding.ts";
import { formatDuration } from "./formatDuration.ts";
import type { SamplingPolicy } from "./samplingPolicy.ts";

/** What comes in at one collector in its busiest seconds. */
export type OfferedRate = { spansPerS: number; spanBytes: number };

/** Of each waiting span besides its bytes. */
const INDEX_BYTES = 40;
const round = (value: number) => Math.round(value).toLocaleString("en-US");

/** What may wait holds `holdsMs` of the traffic, less than traces wait; `needed` spans and `neededBytes` would do. */
export type WaitShortfall = {
  field: "spansMax" | "bytesMax";
  holdsMs: number;
  spansHeld: number;
  /** All traces, or only those without a root span. */
  always: boolean;
  waitName: "decisionWaitAfterRootMs" | "decisionWaitMs";
  waitMs: number;
  needed: number;
  neededBytes: number;
  /** Memory that the needed bounds take. */
  memoryBytes: number;
  /** The longest wait that what may wait does hold. */
  possibleMs: number;
};

/** Null where what may wait holds all that comes in while traces wait, and for policies of span scope. */
export function waitShortfall(policy: SamplingPolicy, { spansPerS, spanBytes }: OfferedRate): WaitShortfall | null {
  if (policy.scope === "span") return null;
  const { decisionWaitMs, decisionWaitAfterRootMs, spansMax, bytesMax } = policy;
  const spansHeld = Math.min(spansMax, bytesMax / spanBytes);
  const holdsMs = (spansHeld / spansPerS) * 1000;
  if (holdsMs >= decisionWaitMs) return null;
  const always = holdsMs < decisionWaitAfterRootMs;
  const needed = Math.ceil((spansPerS * (always ? decisionWaitAfterRootMs : decisionWaitMs)) / 1000);
  return {
    field: spansMax <= bytesMax / spanBytes ? "spansMax" : "bytesMax",
    holdsMs,
    spansHeld,
    always,
    waitName: always ? "decisionWaitAfterRootMs" : "decisionWaitMs",
    waitMs: always ? decisionWaitAfterRootMs : decisionWaitMs,
    needed,
    neededBytes: mib(needed * spanBytes),
    memoryBytes: mib(needed * (spanBytes + INDEX_BYTES)),
    possibleMs: Math.max(10, Math.floor(holdsMs)),
  };
}

/** A shortfall in words: what holds how much, and what becomes of whom. */
export function shortfallInWords(policy: SamplingPolicy, { spansPerS, spanBytes }: OfferedRate, shortfall: WaitShortfall): string {
  const { field, spansHeld, holdsMs, always, waitMs } = shortfall;
  const { spansMax, bytesMax } = policy.scope === "trace" ? policy : { spansMax: 0, bytesMax: 0 };
  const bound = field === "spansMax" ? `${round(spansMax)} spans` : `${formatSetBytes(bytesMax)} (${round(spansHeld)} spans of ${round(spanBytes)} bytes)`;
  const whom = always ? "traces" : "traces whose root span never comes";
  return `${bound} hold ${formatDuration(holdsMs)} of ${round(spansPerS)} spans/s, ${whom} wait ${formatDuration(waitMs)}: they are decided early, without the spans that come later`;
}

/**
 * In trace scope: whether what may wait holds all that comes in while traces wait. Else traces are decided before their time, and some of their spans are missed. A
 * warning where that happens to every trace; a note where only traces without a root span wait so long.
 */
export function lintWait(policy: SamplingPolicy, offered: OfferedRate): Finding[] {
  const shortfall = waitShortfall(policy, offered);
  if (shortfall === null) return [];
  const { field, always, needed, neededBytes, memoryBytes, waitName, possibleMs } = shortfall;
  const bytes = formatSetBytes(memoryBytes);
  return [
    {
      severity: always ? "warning" : "info",
      path: `sampling.${field}`,
      message: shortfallInWords(policy, offered, shortfall),
      mend: `set sampling.spansMax to ${needed} and sampling.bytesMax to ${neededBytes} (it takes ${bytes} of memory), or ${waitName} to ${possibleMs}`,
    },
  ];
}

const MIB = 1_048_576;
const mib = (bytes: number) => Math.ceil(bytes / MIB) * MIB;
