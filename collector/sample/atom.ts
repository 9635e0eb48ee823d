import type { Condition } from "#domain/sampling/condition.ts";

export type Scope = "span" | "trace";

/** One comparison of a policy. In trace scope `sameSpan` is one too: it sets a bit of its own once the span's other bits are known. */
export type Atom = Exclude<Condition, { kind: "always" | "all" | "any" | "not" }>;

/**
 * The bit that stands for a comparison in the matcher. `of` says on what it is taken: on each span, or on the trace as a whole once it is decided
 * (its duration, how many spans it has).
 */
export type NumberedAtom = { atom: Atom; of: "span" | "trace"; bit: number };
