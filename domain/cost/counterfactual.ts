import type { CostModel } from "./costModel.ts";
import type { UsageSlice } from "./usage.ts";

/**
 * What the same traffic would have used with everything kept and nothing moved off the fast tier: all that was received is kept; what leaves and what is held grows as
 * what is kept does (uncompressed), all of it hot; nothing is moved, asked for again or retrieved; there are no collectors. Where nothing was kept, what would have left
 * and been held can't be told from it, and is absent.
 */
export function withoutSampling({ fromMs, untilMs, usage }: UsageSlice): UsageSlice {
  const { spansReceived, bytesReceived, bytesKept, bytesOut, byteHoursHot, byteHoursWarm, byteHoursCold } = usage;
  const without: UsageSlice["usage"] = { putRequests: 0, getRequests: 0, bytesRetrieved: 0, collectorHours: 0 };
  if (spansReceived !== undefined) Object.assign(without, { spansReceived, spansKept: spansReceived });
  if (bytesReceived !== undefined) Object.assign(without, { bytesReceived, bytesKept: bytesReceived });
  const held = [byteHoursHot, byteHoursWarm, byteHoursCold].some((one) => one !== undefined)
    ? (byteHoursHot ?? 0) + (byteHoursWarm ?? 0) + (byteHoursCold ?? 0)
    : undefined;
  const grows = growth(bytesReceived, bytesKept);
  if (bytesOut !== undefined && grows !== undefined) without.bytesOut = bytesOut * grows;
  if (held !== undefined && grows !== undefined) Object.assign(without, { byteHoursHot: held * grows, byteHoursWarm: 0, byteHoursCold: 0 });
  return { fromMs, untilMs, usage: without };
}

function growth(bytesReceived: number | undefined, bytesKept: number | undefined): number | undefined {
  if (bytesReceived === undefined || bytesKept === undefined) return undefined;
  if (bytesReceived === 0) return 1;
  return bytesKept === 0 ? undefined : bytesReceived / bytesKept;
}

/** The model of a bill without sampling and tiering: what those cost themselves is not in it. */
export function modelWithout(model: CostModel): CostModel {
  return { ...model, components: model.components.filter(({ category }) => category !== "own" && category !== "moves") };
}
