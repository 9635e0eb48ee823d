import { formatSetBytes } from "../pipeline/formatSetBytes.ts";
import { describeKeep } from "./describeKeep.ts";
import { formatDuration } from "./formatDuration.ts";
import { formatRatio } from "./formatRatio.ts";
import { implies } from "./implies.ts";
import type { Keep } from "./keep.ts";
import { unreachableTiers, whyUnreachable } from "./lintTiers.ts";
import { type OfferedRate, shortfallInWords, waitShortfall } from "./lintWait.ts";
import { cheaperRegexes } from "./mendRegexes.ts";
import type { SamplingPolicy } from "./samplingPolicy.ts";
import { type SharedSpans, sharedInWords } from "./sharedSpans.ts";
import { staysValid } from "./staysValid.ts";

/** One way to put a hint right. `changes` says what becomes of decisions; null: every trace is decided as before, by the same tier. */
export type Mend = { label: string; changes: string | null; policy: SamplingPolicy };

/** Something in a valid policy that is probably not meant: `path` as the form's fields go by it (`tiers[2].keep`). */
export type PolicyHint = { severity: "warning" | "info"; path: string; message: string; mends: Mend[] };

/** `measuredSinceMs`: since when collectors have told of it; null: this page alone has watched it. */
export type KnownSilence = { silentMs: number; measuredSinceMs: number | null };

/** What is known of the traffic; each part is looked at only where it is given. */
export type MeasuredTraffic = {
  /** At one collector. */
  offered?: OfferedRate;
  /** Spans a second that each tier would match, by its place; null where that is not known. */
  matchedPerS?: readonly (number | null)[];
  /** For how long each tier has matched nothing while other spans came, by its place; null where it matches some, or that is not known. */
  silence?: readonly (KnownSilence | null)[];
  /** Spans that fulfil two tiers at once, as far as they were measured. */
  shared?: readonly SharedSpans[];
};

/** Fewer kept spans an hour than this say nothing about what the tier is for. */
export const USEFUL_SPANS_PER_HOUR = 10;

/** More pairs than so many are not spoken of; the list of shared spans has them all. */
const OVERLAP_HINTS_MAX = 5;

/** A tier that has matched nothing for less long is not spoken of. */
export const SILENT_MIN_MS = 60_000;
const DAY_MS = 86_400_000;
/** One that has matched nothing for so long is hardly needed. */
const SILENT_LONG_MS = 7 * DAY_MS;

/** What a policy says by itself that is probably not meant, each with the mends that one click applies. */
export function policyHints(policy: SamplingPolicy): PolicyHint[] {
  return [
    ...reachHints(policy),
    ...cheaperRegexes(policy).map(({ path, message, mend }): PolicyHint => ({ severity: "warning", path, message, mends: valid(policy, mend) })),
  ];
}

/** What does not go with the traffic of this moment. */
export function trafficHints(policy: SamplingPolicy, { offered, matchedPerS, silence, shared }: MeasuredTraffic): PolicyHint[] {
  return [
    ...(silence === undefined ? [] : silentHints(policy, silence)),
    ...(shared === undefined ? [] : overlapHints(policy, shared)),
    ...(matchedPerS === undefined ? [] : fewSpansHints(policy, matchedPerS)),
    ...(offered === undefined ? [] : waitHints(policy, offered)),
  ];
}

function reachHints(policy: SamplingPolicy): PolicyHint[] {
  return unreachableTiers(policy).map((unreachable): PolicyHint => {
    const { place, coveredBy } = unreachable;
    const { tiers } = policy;
    const isDefault = place === tiers.length - 1;
    const without = tiers.filter((_, at) => at !== place);
    const mends: Mend[] = isDefault ? [] : [{ label: "Remove it", changes: null, policy: { ...policy, tiers: without } }];
    if (coveredBy.length > 0 && !isDefault) {
      const to = Math.min(...coveredBy);
      const moved = [...without.slice(0, to), tiers[place], ...without.slice(to)];
      const changes = `${tiers[place].name} then decides what ${coveredBy.map((at) => tiers[at].name).join(" and ")} decided of it.`;
      mends.push({ label: `Move it before ${tiers[to].name}`, changes, policy: { ...policy, tiers: moved } });
    }
    return {
      severity: "warning",
      path: `tiers[${place}].condition`,
      message: whyUnreachable(policy, unreachable),
      mends: mends.flatMap((mend) => valid(policy, mend)),
    };
  });
}

function fewSpansHints(policy: SamplingPolicy, matchedPerS: readonly (number | null)[]): PolicyHint[] {
  return policy.tiers.flatMap(({ name, keep }, place): PolicyHint[] => {
    const matchedPerHour = (matchedPerS[place] ?? 0) * 3_600;
    if (keep.kind !== "ratio" || keep.ratio === 0 || matchedPerHour === 0) return [];
    const keptPerHour = keep.ratio * matchedPerHour;
    // What is kept whole can't be kept more.
    if (keptPerHour >= USEFUL_SPANS_PER_HOUR || keep.ratio === 1) return [];
    const ratio = Math.min(1, roundedUp(USEFUL_SPANS_PER_HOUR / matchedPerHour));
    const tiers = policy.tiers.map((tier, at) => (at === place ? { ...tier, keep: { kind: "ratio" as const, ratio } } : tier));
    const more = ratio * matchedPerHour - keptPerHour;
    const message = `"${name}" keeps ${perHour(keptPerHour)} at the present rate: too few to tell anything by`;
    const changes = `About ${perHour(more)} more are kept; what is kept now stays so.`;
    return [
      {
        severity: "info",
        path: `tiers[${place}].keep`,
        message,
        mends: valid(policy, { label: `Keep ${formatRatio(ratio)}`, changes, policy: { ...policy, tiers } }),
      },
    ];
  });
}

/** The time is as long as it was measured, which the message says. */
function silentHints(policy: SamplingPolicy, silence: readonly (KnownSilence | null)[]): PolicyHint[] {
  const { tiers } = policy;
  return tiers.slice(0, -1).flatMap(({ name }, place): PolicyHint[] => {
    const known = silence[place] ?? null;
    if (known === null || known.silentMs < SILENT_MIN_MS) return [];
    const message = `"${name}" has matched nothing for ${silenceInWords(known)}`;
    const changes = "What it would match is then decided by the tiers after it.";
    const mend = { label: `Remove ${name}`, changes, policy: { ...policy, tiers: tiers.filter((_, at) => at !== place) } };
    const severity = known.silentMs >= SILENT_LONG_MS ? "warning" : "info";
    return [{ severity, path: `tiers[${place}].condition`, message, mends: valid(policy, mend) }];
  });
}

function silenceInWords({ silentMs, measuredSinceMs }: KnownSilence): string {
  if (measuredSinceMs === null) return `the ${Math.floor(silentMs / 60_000)} min that this page has watched it`;
  const since = new Date(measuredSinceMs).toISOString().slice(0, 16).replace("T", " ");
  return `${wholeUnits(silentMs)}, while spans came all that time (measured since ${since} UTC)`;
}

function wholeUnits(ms: number): string {
  if (ms >= 2 * DAY_MS) return `${Math.floor(ms / DAY_MS)} days`;
  return ms >= 7_200_000 ? `${Math.floor(ms / 3_600_000)} h` : `${Math.floor(ms / 60_000)} min`;
}

/** Only where the first one keeps less: that it takes spans which the second would keep is then seldom meant. */
function overlapHints(policy: SamplingPolicy, shared: readonly SharedSpans[]): PolicyHint[] {
  const { tiers, scope } = policy;
  const losing = shared.filter(({ first, second }) => second < tiers.length - 1 && keepsLess(tiers[first].keep, tiers[second].keep));
  return losing.slice(0, OVERLAP_HINTS_MAX).flatMap((overlap): PolicyHint[] => {
    const [first, second] = [tiers[overlap.first], tiers[overlap.second]];
    // One that is covered has a hint of its own; one that is an exception of the other stands before it on purpose.
    if (implies(second.condition, first.condition, scope) || implies(first.condition, second.condition, scope)) return [];
    const without = tiers.filter((_, at) => at !== overlap.second);
    const moved = [...without.slice(0, overlap.first), second, ...without.slice(overlap.first)];
    const isNext = overlap.second === overlap.first + 1;
    const mend = {
      label: `Move ${second.name} before ${first.name}`,
      changes: `These spans are then kept as ${second.name} has it: ${describeKeep(second.keep)} instead of ${describeKeep(first.keep)}.${isNext ? "" : " It takes what it shares with the tiers between as well."}`,
      policy: { ...policy, tiers: moved },
    };
    const message = `"${first.name}" takes what "${second.name}" would keep more of: ${sharedInWords(overlap)} match both`;
    return [{ severity: "info", path: `tiers[${overlap.second}].condition`, message, mends: valid(policy, mend) }];
  });
}

function keepsLess(a: Keep, b: Keep): boolean {
  if (b.kind !== "ratio") return false;
  return a.kind === "ratio" ? a.ratio < b.ratio : b.ratio === 1;
}

function waitHints(policy: SamplingPolicy, offered: OfferedRate): PolicyHint[] {
  const shortfall = waitShortfall(policy, offered);
  if (shortfall === null || policy.scope === "span") return [];
  const { field, always, needed, neededBytes, memoryBytes, waitName, possibleMs } = shortfall;
  const bounds = { spansMax: Math.max(policy.spansMax, needed), bytesMax: Math.max(policy.bytesMax, neededBytes) };
  const rootWait = { decisionWaitAfterRootMs: Math.min(policy.decisionWaitAfterRootMs, possibleMs) };
  const shorter = waitName === "decisionWaitMs" ? { decisionWaitMs: possibleMs, ...rootWait } : rootWait;
  const mends: Mend[] = [
    {
      label: "Hold as much as comes in",
      changes: `Takes ${formatSetBytes(memoryBytes)} of memory on each collector; traces are no longer decided early.`,
      policy: { ...policy, ...bounds },
    },
    {
      label: `Wait ${formatDuration(possibleMs)}`,
      changes: "Spans that come later follow the decision taken without them.",
      policy: { ...policy, ...shorter },
    },
  ];
  const message = shortfallInWords(policy, offered, shortfall);
  return [{ severity: always ? "warning" : "info", path: field, message, mends: mends.flatMap((mend) => valid(policy, mend)) }];
}

/** A mend that would make a policy that can't be saved is not offered. */
function valid(policy: SamplingPolicy, mend: Mend | null): Mend[] {
  return mend !== null && staysValid(policy, mend.policy) ? [mend] : [];
}

/** To two digits, never less. */
function roundedUp(ratio: number): number {
  const digit = 10 ** (Math.floor(Math.log10(ratio)) - 1);
  return Number((Math.ceil(ratio / digit) * digit).toPrecision(2));
}

const perHour = (spans: number) => `${spans < 10 ? Number(spans.toPrecision(2)) : Math.round(spans).toLocaleString("en-US")} spans an hour`;
