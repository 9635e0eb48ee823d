import { type SamplingPolicy, samplingPolicySchema } from "#domain/sampling/samplingPolicy.ts";
import type { TraceSettings } from "#domain/sampling/traceSettings.ts";
import { fieldNumber, typedNumber } from "./typedNumber.ts";

/** The settings of trace scope while they are edited: text in the units of the form, seconds and MiB; an empty one takes the default. */
export type DraftTraceSettings = {
  decisionWaitS: string;
  decisionWaitAfterRootS: string;
  tracesMax: string;
  spansMax: string;
  bytesMaxMib: string;
  entriesMax: string;
  ttlS: string;
};

const MIB = 1_048_576;

/** What the schema fills in where nothing is said. */
export const TRACE_DEFAULTS: TraceSettings = traceSettingsOf(samplingPolicySchema.parse({ scope: "trace" }));

/** What a draft begins with: the policy's own settings, or the defaults where it decides span by span. */
export function draftTraceSettings(policy: SamplingPolicy | null): DraftTraceSettings {
  const from = policy?.scope === "trace" ? policy : TRACE_DEFAULTS;
  return {
    decisionWaitS: fieldNumber(from.decisionWaitMs / 1000),
    decisionWaitAfterRootS: fieldNumber(from.decisionWaitAfterRootMs / 1000),
    tracesMax: fieldNumber(from.tracesMax),
    spansMax: fieldNumber(from.spansMax),
    bytesMaxMib: fieldMib(from.bytesMax),
    entriesMax: fieldNumber(from.decisionCache.entriesMax),
    ttlS: fieldNumber(from.decisionCache.ttlMs / 1000),
  };
}

/** What the schema is asked about: what can't be read goes in as typed, what is empty is left out, so that the default holds. */
export function traceSettingsInput(draft: DraftTraceSettings): Record<string, unknown> {
  return given({
    decisionWaitMs: read(draft.decisionWaitS, msOf),
    decisionWaitAfterRootMs: read(draft.decisionWaitAfterRootS, msOf),
    tracesMax: read(draft.tracesMax, typedNumber),
    spansMax: read(draft.spansMax, typedNumber),
    bytesMax: read(draft.bytesMaxMib, bytesOf),
    decisionCache: given({ entriesMax: read(draft.entriesMax, typedNumber), ttlMs: read(draft.ttlS, msOf) }),
  });
}

const given = (fields: Record<string, unknown>) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
const msOf = (text: string) => typedNumber(text, 3);

function read(text: string, number: (text: string) => number | undefined): unknown {
  return text.trim() === "" ? undefined : (number(text) ?? text);
}

function bytesOf(text: string): number | undefined {
  const mib = typedNumber(text);
  return mib === undefined ? undefined : Math.round(mib * MIB);
}

/** As few decimals as give the same bytes back. */
export function fieldMib(bytes: number): string {
  const exact = bytes / MIB;
  const digits = Array.from({ length: 9 }, (_, index) => index).find((count) => Math.round(Number(exact.toFixed(count)) * MIB) === bytes);
  return fieldNumber(digits === undefined ? exact : Number(exact.toFixed(digits)));
}

function traceSettingsOf(policy: SamplingPolicy): TraceSettings {
  if (policy.scope !== "trace") throw new Error("a policy of span scope has no trace settings");
  const { scope: _scope, tiers: _tiers, ...settings } = policy;
  return settings;
}
