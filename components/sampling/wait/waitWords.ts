import { formatBytes } from "#components/format/formatBytes.ts";
import { formatMs } from "#components/format/formatDuration.ts";
import { formatCount } from "#components/format/formatNumber.ts";
import { type Amounts, BOUND_OF, type Traffic, type WaitNeed } from "./waitNeed.ts";

/** Binary where the bound is set in MiB, so that it reads as it was entered. */
function formatMib(bytes: number): string {
  const mib = bytes / 1_048_576;
  return `${mib >= 9.95 ? formatCount(mib) : Number(mib.toPrecision(2))} MiB`;
}

export function amountInWords(what: keyof Amounts, amount: number): string {
  return what === "bytes" ? formatMib(amount) : formatCount(amount);
}

/** `At the present 50,000 spans/s a wait of 10 s holds up to 500,000 spans, 205 MiB.` */
export function needInWords(traffic: Traffic, waitMs: number, need: WaitNeed): string {
  const where = traffic.collectors === 1 ? "" : ` on ${traffic.collectors} collectors`;
  const traces = need.amounts.traces === null ? "" : ` in ${amountInWords("traces", need.amounts.traces)} traces`;
  return `At the present ${formatCount(traffic.spansPerS)} spans/s${where}, ${formatBytes(traffic.bytesPerS / traffic.spansPerS)} each, a wait of ${formatMs(waitMs)} holds up to ${amountInWords("spans", need.amounts.spans)} spans${traces}, ${amountInWords("bytes", need.amounts.bytes)}.`;
}

/** Which bounds it would run into; null when it stays within all of them. */
export function overInWords({ over, bounds }: WaitNeed): string | null {
  if (over.length === 0) return null;
  const named = over.map((what) => `${amountInWords(what, bounds[BOUND_OF[what]])}${what === "bytes" ? "" : ` ${what}`}`);
  const last = named.pop();
  return `More than the ${over.length === 1 ? "bound" : "bounds"} of ${named.length > 0 ? `${named.join(", ")} and ` : ""}${last}: the oldest traces would be decided early.`;
}
