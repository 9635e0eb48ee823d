import { costMicroUsdPerHour, type LivePrice } from "#domain/cost/livePrice.ts";
import { ExponentialHistogram } from "#domain/telemetry/exponentialHistogram.ts";
import type { LivePoint } from "#domain/telemetry/live.ts";
import { STAGES, type Stage } from "#domain/telemetry/measurement.ts";
import type { SecondSlot } from "./secondSlot.ts";

/** Adds up what the collectors reported for one second; percentiles come from the merged histogram, never from other percentiles. Null when none did. */
export function toLivePoint(second: number, slots: readonly SecondSlot[], expected: number, price: LivePrice): LivePoint | null {
  if (slots.length === 0) return null;
  const sum = (key: Exclude<keyof SecondSlot, "second" | "acknowledgement" | "stages">) => slots.reduce((total, slot) => total + slot[key], 0);
  const histogram = mergeAcknowledgements(slots);
  const milliseconds = (q: number) => {
    const seconds = histogram.quantile(q);
    return seconds === null ? null : seconds * 1_000;
  };
  const receivedPerS = sum("receivedPerS");
  const bytesReceivedPerS = sum("bytesReceivedPerS");
  const bytesKeptPerS = sum("bytesKeptPerS");
  return {
    atMs: second * 1_000,
    receivedPerS,
    keptPerS: sum("keptPerS"),
    sampledOutPerS: sum("sampledOutPerS"),
    droppedPerS: sum("droppedPerS"),
    refusedPerS: sum("refusedPerS"),
    deliveredPerS: sum("deliveredPerS"),
    sampleShare: receivedPerS === 0 ? 0 : Math.min(1, sum("sampleReceivedPerS") / receivedPerS),
    bytesReceivedPerS,
    bytesKeptPerS,
    queueSpans: sum("queueSpans"),
    queueCapacitySpans: sum("queueCapacitySpans"),
    waitingSpans: sum("waitingSpans"),
    waitingTraces: sum("waitingTraces"),
    heldBytes: sum("heldBytes"),
    waitingSpansMax: sum("waitingSpansMax"),
    waitingTracesMax: sum("waitingTracesMax"),
    heldBytesMax: sum("heldBytesMax"),
    tracesDecidedPerS: sum("tracesDecidedPerS"),
    tracesDecidedEarlyPerS: sum("tracesDecidedEarlyPerS"),
    lateKeptPerS: sum("lateKeptPerS"),
    lateSampledOutPerS: sum("lateSampledOutPerS"),
    rssBytes: sum("rssBytes"),
    cpuCores: sum("cpuCores"),
    ackP50Ms: milliseconds(0.5),
    ackP90Ms: milliseconds(0.9),
    ackP99Ms: milliseconds(0.99),
    stageMeanMs: stageMeans(slots),
    costMicroUsdPerHour: costMicroUsdPerHour(price, bytesKeptPerS, slots.length),
    unsampledCostMicroUsdPerHour: costMicroUsdPerHour(price, bytesReceivedPerS, 0),
    reporting: slots.length,
    expected: Math.max(expected, slots.length),
  };
}

function mergeAcknowledgements(slots: readonly SecondSlot[]): ExponentialHistogram {
  const merged = ExponentialHistogram.fromSnapshot(slots[0].acknowledgement);
  for (const slot of slots.slice(1)) merged.merge(ExponentialHistogram.fromSnapshot(slot.acknowledgement));
  return merged;
}

function stageMeans(slots: readonly SecondSlot[]): Record<Stage, number | null> {
  const means: Record<Stage, number | null> = { network: null, queueWait: null, decisionWait: null, processing: null, serialization: null, export: null };
  for (const stage of STAGES) {
    const count = slots.reduce((total, slot) => total + slot.stages[stage].count, 0);
    if (count > 0) means[stage] = (slots.reduce((total, slot) => total + slot.stages[stage].sum, 0) / count) * 1_000;
  }
  return means;
}
