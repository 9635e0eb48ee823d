import { type BreakGlassEstimate, keptCostMicroUsd } from "#domain/fleet/breakGlass.ts";
import type { Condition } from "#domain/sampling/condition.ts";
import { selects } from "../../db/breakGlassRows.ts";
import type { LivePort } from "../context.ts";

type Wanted = { condition: Condition; selector: string; minutes: number };

/**
 * What it would cost by what is sampled out at this moment. Figures are by tier and not by service, so of anything narrower than everything it is an upper
 * bound. Where a collector reports to another process, or not at all, nothing is said.
 */
export function estimateBreakGlass(live: LivePort, { condition, selector, minutes }: Wanted, microUsdPerGb: number): BreakGlassEstimate {
  const rows = live.rows().filter(({ state, labels }) => state !== "offline" && selects(selector, labels));
  if (rows.length === 0) return { kind: "unknown", why: "no collector that it would reach is connected" };
  if (rows.some(({ receivedPerS }) => receivedPerS === null)) return { kind: "unknown", why: "not all collectors that it would reach report here" };
  const tiers = live.tierRates(rows.map(({ id }) => id));
  if (tiers === null) return { kind: "unknown", why: "nothing was measured yet" };
  const spansPerS = tiers.reduce((sum, { matchedPerS, keptPerS }) => sum + Math.max(0, matchedPerS - keptPerS), 0);
  const bytesPerS = tiers.reduce((sum, { bytesMatchedPerS, bytesKeptPerS }) => sum + Math.max(0, bytesMatchedPerS - bytesKeptPerS), 0);
  const costMicroUsd = keptCostMicroUsd(bytesPerS * minutes * 60, microUsdPerGb);
  return { kind: condition.kind === "always" ? "measured" : "atMost", spansPerS, bytesPerS, costMicroUsd };
}
