import type { Condition } from "../sampling/condition.ts";

/**
 * What one policy of tail_sampling says to a trace: sample it where `condition` holds and its draw lies within `ratio`. Policies with the same `salt`
 * draw alike, so that theirs are nested; those of different salts are independent. `budget` is in spans/s. A drop rules over all others.
 */
export type Vote = { name: string; condition: Condition; ratio: number; salt: string; budget?: number; drop: boolean };

export const ALWAYS: Condition = { kind: "always" };
export const NEVER: Condition = { kind: "not", of: ALWAYS };

export function allOf(parts: readonly Condition[]): Condition {
  const flat = parts.flatMap((part) => (part.kind === "all" ? part.of : part.kind === "always" ? [] : [part]));
  return flat.length === 0 ? ALWAYS : flat.length === 1 ? flat[0] : { kind: "all", of: flat };
}

export function anyOf(parts: readonly Condition[]): Condition {
  const flat = parts.flatMap((part) => (part.kind === "any" ? part.of : [part]));
  if (flat.some((part) => part.kind === "always")) return ALWAYS;
  return flat.length === 0 ? NEVER : flat.length === 1 ? flat[0] : { kind: "any", of: flat };
}

export function notOf(condition: Condition): Condition {
  return condition.kind === "not" ? condition.of : { kind: "not", of: condition };
}
