import type { Condition } from "#domain/sampling/condition.ts";

/** One comparison of a policy, and the bit that stands for it in the matcher. */
export type Atom = Exclude<Condition, { kind: "always" | "all" | "any" | "not" }>;
export type NumberedAtom = { atom: Atom; bit: number };
