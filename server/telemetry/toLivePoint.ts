import { costMicroUsdPerHour, type LivePrice } from "#domain/cost/livePrice.ts";
import { ExponentialHistogram } from "#domain/telemetry/exponentialHistogram.ts";
import type { LivePoint } from "#domain/telemetry/live.ts";
import { STAGES, type Stage } from "#domain/telemetry/measurement.ts";
import { type SecondSlot, spreadOf } from "./secondSlot.ts";

/** Adds up what the collectors reported for one second; percentiles come from the merged histogram, never from other percentiles. Null when none did. */
export function toLivePoint(second: number, slots: readonly SecondSlot[], expected: number, price: LivePrice): LivePoint | null {
  if (slots.length === 0) return null;
  const sum = (key: Exclude<keyof SecondSlot, "second" | "acknowledgement" | "stages" | "batchSize" | "memory" | "isFirst">) =>
    slots.reduce((total, slot) => total + slot[key], 0);
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
    shedPerS: sum("shedPerS"),
    refusedPerS: sum("refusedPerS"),
    deliveredPerS: sum("deliveredPerS"),
    sampleShare: receivedPerS === 0 ? 0 : Math.min(1, sum("sampleReceivedPerS") / receivedPerS),
    bytesReceivedPerS,
    bytesKeptPerS,
    queueSpans: sum("queueSpans"),
    queueCapacitySpans: sum("queueCapacitySpans"),
    retriesPerS: sum("retriesPerS"),
    failedTriesPerS: sum("failedTriesPerS"),
    breakersOpen: sum("breakersOpen"),
    breakersHalfOpen: sum("breakersHalfOpen"),
    breakersAll: sum("breakersAll"),
    logs: sum("logs"),
    logsInTrouble: sum("logsInTrouble"),
    walBytes: sum("walBytes"),
    walBytesMax: sum("walBytesMax"),
    walAgeMs: Math.max(...slots.map(({ walAgeMs }) => walAgeMs)),
    walOnlySpans: sum("walOnlySpans"),
    batchSize: spreadOf(slots.flatMap(({ batchSize }) => batchSize ?? [])),
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
    ...memoryMarks(slots),
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

/** Limits are compared with the sum of resident memory, so they are known only when every collector has told its own. */
function memoryMarks(slots: readonly SecondSlot[]): Pick<LivePoint, "memorySoftBytes" | "memoryLimitBytes" | "memoryTight" | "memoryFull"> {
  const known = slots.flatMap(({ memory }) => memory ?? []);
  const total = (key: "softBytes" | "limitBytes") => (known.length < slots.length ? null : known.reduce((sum, memory) => sum + memory[key], 0));
  const count = (state: "tight" | "full") => known.filter((memory) => memory.state === state).length;
  return { memorySoftBytes: total("softBytes"), memoryLimitBytes: total("limitBytes"), memoryTight: count("tight"), memoryFull: count("full") };
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
