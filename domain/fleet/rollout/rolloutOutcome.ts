import { costMicroUsdPerHour, type LivePrice } from "../../cost/livePrice.ts";
import { forecastError } from "./forecastErrors.ts";
import { appliedWindows, type GateInput } from "./gates/gateInput.ts";
import type { RolloutOutcomeFigures } from "./rolloutView.ts";
import { keptShareOf, type RolloutWindow, type SideFigures, sumOf } from "./rolloutWindow.ts";

type OutcomeInput = Pick<GateInput, "before" | "since" | "appliedAtMs" | "forecast"> & { price: LivePrice; collectors: number };

/**
 * What came of a rollout, from the last stage, in which all collectors are changed: after it was applied, beside what the same ones had before the start. A
 * rate is that of a collector while it was measured, times how many there were; costs are those of the kept bytes and the collectors, by the price given.
 */
export function rolloutOutcome({ before, since, appliedAtMs, forecast, price, collectors }: OutcomeInput): RolloutOutcomeFigures {
  const was = figuresOf(before);
  const is = figuresOf(appliedWindows({ since, appliedAtMs }));
  const cost = (bytesPerS: number | null) => (bytesPerS === null ? null : costMicroUsdPerHour(price, bytesPerS, collectors));
  return {
    keptShare: {
      before: was.keptShare,
      forecast: forecast?.expected ?? null,
      came: is.keptShare,
      error: forecastError(forecast?.expected ?? null, is.keptShare),
    },
    spansPerS: { before: was.spansPerS, came: is.spansPerS },
    costMicroUsdPerHour: { before: cost(was.bytesPerS), came: cost(is.bytesPerS) },
    cpuCores: { before: was.cpuCores, came: is.cpuCores },
    overMs: is.overMs,
  };
}

function figuresOf(windows: readonly RolloutWindow[]) {
  const sides: SideFigures[] = windows.map(({ changed }) => changed).filter(({ reporting }) => reporting > 0);
  const lengthMs = windows.length < 2 ? 0 : Math.min(...windows.slice(1).map(({ atMs }, index) => atMs - windows[index].atMs));
  const overMs = sides.length * lengthMs;
  const sum = sumOf(sides);
  const reporting = Math.max(0, ...sides.map((side) => side.reporting));
  const perS = (total: number) => (sum.seconds === 0 ? null : (total / sum.seconds) * reporting);
  return { keptShare: keptShareOf(sum), spansPerS: perS(sum.kept), bytesPerS: perS(sum.bytesKept), cpuCores: perS(sum.cpuSeconds), overMs };
}
