import type { CarryOver } from "#domain/fleet/carryOver.ts";
import { formatCount } from "../format/formatNumber.ts";

/** `1,234 waiting traces (8,210 spans) carried over, 0 decided early, `: all but what was lost, which has a colour of its own. */
export function carryOverInWords({ tracesCarriedOver, spansCarriedOver, tracesDecidedEarly, spansDecidedEarly }: CarryOver): string {
  if (tracesCarriedOver + tracesDecidedEarly === 0) return "no trace was waiting, ";
  const carried = `${formatCount(tracesCarriedOver)} waiting ${tracesCarriedOver === 1 ? "trace" : "traces"}${inSpans(spansCarriedOver)} carried over`;
  return `${carried}, ${formatCount(tracesDecidedEarly)} decided early${inSpans(spansDecidedEarly)}, `;
}

/** Spans are told only where there are some, and where they are not as many as the traces are. */
function inSpans(spans: number): string {
  return spans === 0 ? "" : ` (${formatCount(spans)} ${spans === 1 ? "span" : "spans"})`;
}

const FIELDS = ["tracesCarriedOver", "spansCarriedOver", "tracesDecidedEarly", "spansDecidedEarly", "spansLost"] as const;

/** What became of the waiting traces of all collectors together; null when none has told. */
export function addCarryOvers(carryOvers: readonly (CarryOver | null)[]): CarryOver | null {
  const told = carryOvers.filter((one) => one !== null);
  if (told.length === 0) return null;
  const sum = { tracesCarriedOver: 0, spansCarriedOver: 0, tracesDecidedEarly: 0, spansDecidedEarly: 0, spansLost: 0 };
  for (const one of told) for (const field of FIELDS) sum[field] += one[field];
  return sum;
}
