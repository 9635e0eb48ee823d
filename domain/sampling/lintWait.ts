import { formatSetBytes } from "../pipeline/formatSetBytes.ts";
import type { Finding } from "../validation/finding.ts";
import { formatDuration } from "./formatDuration.ts";
import type { SamplingPolicy } from "./samplingPolicy.ts";

/** What comes in at one collector in its busiest seconds. */
export type OfferedRate = { spansPerS: number; spanBytes: number };

/** Of each waiting span besides its bytes. */
const INDEX_BYTES = 40;
const round = (value: number) => Math.round(value).toLocaleString("en-US");

/**
 * In trace scope: whether what may wait holds all that comes in while traces wait. Else traces are decided before their time, and some of their spans are missed. A
 * warning where that happens to every trace; a note where only traces without a root span wait so long.
 */
export function lintWait(policy: SamplingPolicy, { spansPerS, spanBytes }: OfferedRate): Finding[] {
  if (policy.scope === "span") return [];
  const { decisionWaitMs, decisionWaitAfterRootMs, spansMax, bytesMax } = policy;
  const spansHeld = Math.min(spansMax, bytesMax / spanBytes);
  const field = spansMax <= bytesMax / spanBytes ? "spansMax" : "bytesMax";
  const holdsMs = (spansHeld / spansPerS) * 1000;
  if (holdsMs >= decisionWaitMs) return [];
  const always = holdsMs < decisionWaitAfterRootMs;
  const [wait, name] = always ? [decisionWaitAfterRootMs, "decisionWaitAfterRootMs"] : [decisionWaitMs, "decisionWaitMs"];
  const needed = Math.ceil((spansPerS * wait) / 1000);
  const bound = field === "spansMax" ? `${round(spansMax)} spans` : `${formatSetBytes(bytesMax)} (${round(spansHeld)} spans of ${spanBytes} bytes)`;
  const whom = always ? "traces" : "traces whose root span never comes";
  const bytes = formatSetBytes(mib(needed * (spanBytes + INDEX_BYTES)));
  return [
    {
      severity: always ? "warning" : "info",
      path: `sampling.${field}`,
      message: `${bound} hold ${formatDuration(holdsMs)} of ${round(spansPerS)} spans/s, ${whom} wait ${formatDuration(wait)}: they are decided early, without the spans that come later`,
      mend: `set sampling.spansMax to ${needed} and sampling.bytesMax to ${mib(needed * spanBytes)} (it takes ${bytes} of memory), or ${name} to ${Math.max(10, Math.floor(holdsMs))}`,
    },
  ];
}

const MIB = 1_048_576;
const mib = (bytes: number) => Math.ceil(bytes / MIB) * MIB;
