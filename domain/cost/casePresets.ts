import { heldWhenCopied, heldWhenMoved } from "../storage/lifecycle.ts";
import { roundMicro } from "./money.ts";

const usd = (dollars: number) => roundMicro(dollars * 1e6);

/** A figure as a case states it beside the same figure computed from what the case gives, and why they differ where they do. */
export type StatedFigure = { name: string; unit: "usd" | "spans" | "percent" | "terabytes"; stated: number | null; computed: number; reason: string };

export type SampledTier = { name: string; spansPerDay: number; ratio: number };
/** Costs of a component at full volume and at the sampled one, in micro-dollars a month. */
export type SampledComponent = { name: string; beforeMicro: number; afterMicro: number };

/** Case 4, tiered sampling, as it is given. */
export const CASE_4 = {
  targetMicro: usd(10_000),
  tiers: [
    { name: "errors", spansPerDay: 100e6, ratio: 1 },
    { name: "slow requests", spansPerDay: 200e6, ratio: 1 },
    { name: "important APIs", spansPerDay: 500e6, ratio: 0.5 },
    { name: "default", spansPerDay: 9_200e6, ratio: 0.01 },
  ] satisfies SampledTier[],
  components: [
    { name: "compute", beforeMicro: usd(15_000), afterMicro: usd(3000) },
    { name: "storage", beforeMicro: usd(25_000), afterMicro: usd(5000) },
    { name: "network", beforeMicro: usd(8000), afterMicro: usd(1600) },
    { name: "licence", beforeMicro: usd(2000), afterMicro: usd(2000) },
  ] satisfies SampledComponent[],
  stated: { volumeChangePercent: -94, costChangePercent: -77, titlePercent: -80 },
};

/** The fixed share f of a cost that falls to `costShare` while its volume falls to `volumeShare`: costShare = f + (1 − f) × volumeShare. */
export function fixedShare(costShare: number, volumeShare: number): number {
  return (costShare - volumeShare) / (1 - volumeShare);
}

export type Case4 = {
  keptSpansPerDay: number;
  volumeShare: number;
  costMicro: number;
  costShare: number;
  fixedShare: number;
  missedMicro: number;
  figures: StatedFigure[];
};

/** Case 4 computed from its own volumes and costs. */
export function computeCase4({ tiers, components, targetMicro, stated }: typeof CASE_4): Case4 {
  const offered = tiers.reduce((sum, { spansPerDay }) => sum + spansPerDay, 0);
  const keptSpansPerDay = tiers.reduce((sum, { spansPerDay, ratio }) => sum + spansPerDay * ratio, 0);
  const volumeShare = keptSpansPerDay / offered;
  const beforeMicro = components.reduce((sum, one) => sum + one.beforeMicro, 0);
  const costMicro = components.reduce((sum, one) => sum + one.afterMicro, 0);
  const costShare = costMicro / beforeMicro;
  const [compute] = components;
  const fixed = fixedShare(compute.afterMicro / compute.beforeMicro, volumeShare);
  const figures: StatedFigure[] = [
    { name: "volume", unit: "percent", stated: stated.volumeChangePercent, computed: (volumeShare - 1) * 100, reason: "rounded to whole per cent" },
    {
      name: "cost",
      unit: "percent",
      stated: stated.costChangePercent,
      computed: (costShare - 1) * 100,
      reason: "rounded to whole per cent; its title says 80",
    },
    {
      name: "cost per month",
      unit: "usd",
      stated: targetMicro,
      computed: costMicro,
      reason: "the target is missed: compute, storage and network have a fixed part, and a licence is all fixed",
    },
    {
      name: "fixed share of compute, storage and network",
      unit: "percent",
      stated: null,
      computed: fixed * 100,
      reason: "0.2 = f + (1 − f) × 0.0642, which the case does not say",
    },
  ];
  return { keptSpansPerDay, volumeShare, costMicro, costShare, fixedShare: fixed, missedMicro: costMicro - targetMicro, figures };
}

/** Case 5, storage tiers, as it is given: decimal terabytes, 10 of them a day. */
export const CASE_5 = {
  terabytesPerDay: 10,
  tiers: [
    { name: "hot", untilDays: 7, microPerGbMonth: usd(0.3), statedTerabytes: 70, statedMicro: usd(2100) },
    { name: "warm", untilDays: 30, microPerGbMonth: usd(0.1), statedTerabytes: 300, statedMicro: usd(3000) },
    { name: "cold", untilDays: 365, microPerGbMonth: usd(0.004), statedTerabytes: 3600, statedMicro: usd(1440) },
  ],
};

export type Case5Tier = { name: string; terabytes: number; micro: number };
export type Case5 = { atStatedVolumes: Case5Tier[]; copied: Case5Tier[]; moved: Case5Tier[]; statedMicro: number; figures: StatedFigure[] };

/** Case 5 at its stated prices: with its stated volumes, with those that copying gives, and with what is there when data moves from tier to tier. */
export function computeCase5({ terabytesPerDay, tiers }: typeof CASE_5): Case5 {
  const priced = (terabytes: number, index: number): Case5Tier => ({
    name: tiers[index].name,
    terabytes,
    micro: roundMicro(terabytes * 1000 * tiers[index].microPerGbMonth),
  });
  const inTerabytes = (held: { bytes: number }[]) => held.map(({ bytes }, index) => priced(bytes / 1e12, index));
  const atStatedVolumes = tiers.map(({ statedTerabytes }, index) => priced(statedTerabytes, index));
  const copied = inTerabytes(heldWhenCopied(terabytesPerDay * 1e12, tiers));
  const moved = inTerabytes(heldWhenMoved(terabytesPerDay * 1e12, tiers));
  const total = (rows: readonly Case5Tier[]) => rows.reduce((sum, { micro }) => sum + micro, 0);
  const statedMicro = tiers.reduce((sum, one) => sum + one.statedMicro, 0);
  const figures: StatedFigure[] = [
    ...atStatedVolumes.map(
      ({ name, micro }, index): StatedFigure => ({
        name,
        unit: "usd",
        stated: tiers[index].statedMicro,
        computed: micro,
        reason: "a terabyte has 1000 GB: the stated sum is ten times too low",
      }),
    ),
    { name: "total", unit: "usd", stated: statedMicro, computed: total(atStatedVolumes), reason: "ten times too low in each tier" },
    {
      name: "total when data moves",
      unit: "usd",
      stated: null,
      computed: total(moved),
      reason: "the stated volumes count a byte in several tiers at once; moved, warm holds days 7 to 30 and cold days 30 to 365",
    },
  ];
  return { atStatedVolumes, copied, moved, statedMicro, figures };
}
