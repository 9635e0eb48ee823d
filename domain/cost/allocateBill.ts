import type { Bill } from "./bill.ts";
import type { CostModel } from "./costModel.ts";
import { apportion, sumMicro } from "./money.ts";
import type { Driver } from "./usage.ts";

/** What one part (a service, a team, a tier, a group) used of each driver over the whole range. */
export type PartUsage = { key: string; usage: Partial<Record<Driver, number>> };
export type AllocatedPart = { key: string; micro: number; byComponent: { componentId: string; micro: number }[] };

/** For drivers that are not measured part by part: by what they follow instead. */
const FOLLOWS: Partial<Record<Driver, Driver>> = {
  bytesOut: "bytesKept",
  byteHoursHot: "bytesKept",
  byteHoursWarm: "bytesKept",
  byteHoursCold: "bytesKept",
  putRequests: "bytesKept",
  getRequests: "bytesKept",
  bytesRetrieved: "bytesKept",
  collectorHours: "bytesReceived",
};

/**
 * A bill shared out among parts: each charge by what the parts used of its driver (or of what that follows), fixed amounts, stated numbers and unused commitments by the
 * model's rule. Every component's amounts add up to its line, and all parts to the bill, to the micro-unit. Where no part used anything of a driver, its charge is shared
 * by the rule too. Throws RangeError when there are no parts.
 */
export function allocateBill(bill: Bill, parts: readonly PartUsage[], sharedBy: CostModel["sharedBy"]): AllocatedPart[] {
  const shared = sharedBy === "equally" ? parts.map(() => 1) : sharedWeights(parts, sharedBy);
  const rows = bill.lines.map((line) => {
    const pieces = [apportion(line.fixedMicro, shared)];
    for (const charge of line.charges) {
      const weights = charge.driver === null ? shared : (weightsBy(parts, charge.driver) ?? shared);
      pieces.push(apportion(charge.micro - charge.unusedMicro, weights), apportion(charge.unusedMicro, shared));
    }
    return { componentId: line.componentId, micros: parts.map((_, part) => sumMicro(pieces.map((piece) => piece[part]))) };
  });
  return parts.map(({ key }, part) => {
    const byComponent = rows.map(({ componentId, micros }) => ({ componentId, micro: micros[part] }));
    return { key, micro: sumMicro(byComponent.map(({ micro }) => micro)), byComponent };
  });
}

function sharedWeights(parts: readonly PartUsage[], driver: Driver): number[] {
  return weightsBy(parts, driver) ?? parts.map(() => 1);
}

/** Undefined where no part used anything of it. */
function weightsBy(parts: readonly PartUsage[], driver: Driver): number[] | undefined {
  for (const asked of [driver, FOLLOWS[driver]]) {
    if (asked === undefined) continue;
    const weights = parts.map(({ usage }) => usage[asked] ?? 0);
    if (weights.some((weight) => weight > 0)) return weights;
  }
  return undefined;
}
