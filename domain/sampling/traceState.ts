import { decodeRandomness, decodeThreshold, encodeThreshold } from "./threshold.ts";

/** W3C Trace Context level 2: at most 32 members; at least 512 characters are carried on, and we carry no more. */
const MEMBERS_MAX = 32;
const LENGTH_MAX = 512;
/** When something has to go, members longer than this go first. */
const LONG_MEMBER = 128;
/** OpenTelemetry TraceState handling: the `ot` value has at most 256 characters, and a longer one is no valid one. */
const OT_VALUE_MAX = 256;
const SUB_KEY = /^([a-z][a-z0-9]*):[A-Za-z0-9._-]*$/;

export type TraceStateFacts = { threshold: bigint | undefined; randomness: bigint | undefined };

/** Threshold and randomness of the first `ot` member; what is not valid counts as absent. */
export function parseTraceState(text: string): TraceStateFacts {
  const subKeys = otSubKeys(text);
  const th = subKeys.find((subKey) => subKey.startsWith("th:"));
  const rv = subKeys.find((subKey) => subKey.startsWith("rv:"));
  return { threshold: th === undefined ? undefined : decodeThreshold(th.slice(3)), randomness: rv === undefined ? undefined : decodeRandomness(rv.slice(3)) };
}

/** The trace state that a kept span carries on: `ot` first with `th` at the higher of `threshold` and the incoming one, everything else kept within W3C's limits. */
export function rewriteTraceState(text: string, threshold: bigint): string {
  const facts = parseTraceState(text);
  const incoming = facts.threshold ?? 0n;
  const th = encodeThreshold(incoming > threshold ? incoming : threshold);
  if (th === undefined) return text;
  let ot = `ot=th:${th}`;
  for (const subKey of subKeysToKeep(otSubKeys(text), facts.randomness !== undefined))
    if (ot.length - 3 + 1 + subKey.length <= OT_VALUE_MAX) ot += `;${subKey}`;
  const others = membersOf(text)
    .filter((member) => member !== "" && !member.startsWith("ot="))
    .slice(0, MEMBERS_MAX - 1);
  return [ot, ...withinLength(others, LENGTH_MAX - ot.length)].join(",");
}

/**
 * A valid randomness first, which must not be lost, then the others in their order. What is no `key:value`, or has a key that was there before, goes:
 * one such makes the whole member unreadable to strict readers, our `th` included.
 */
function subKeysToKeep(subKeys: readonly string[], randomnessIsValid: boolean): string[] {
  const byKey = new Map<string, string>();
  for (const subKey of subKeys) {
    const key = SUB_KEY.exec(subKey)?.[1];
    if (key !== undefined && !byKey.has(key)) byKey.set(key, subKey);
  }
  const randomness = byKey.get("rv");
  byKey.delete("th");
  byKey.delete("rv");
  return randomness !== undefined && randomnessIsValid ? [randomness, ...byKey.values()] : [...byKey.values()];
}

function withinLength(members: readonly string[], lengthMax: number): string[] {
  const kept = [...members];
  const tooLong = () => kept.reduce((sum, member) => sum + member.length + 1, 0) > lengthMax;
  for (let index = kept.length - 1; index >= 0 && tooLong(); index--) if (kept[index].length > LONG_MEMBER) kept.splice(index, 1);
  while (tooLong()) kept.pop();
  return kept;
}

function otSubKeys(text: string): string[] {
  const ot = membersOf(text).find((member) => member.startsWith("ot="));
  return ot === undefined || ot.length - 3 > OT_VALUE_MAX ? [] : ot.slice(3).split(";");
}

function membersOf(text: string): string[] {
  return text.split(",").map(trimBlanks);
}

// W3C's optional white space is blank and tab only, which trim() would exceed.
function trimBlanks(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}
