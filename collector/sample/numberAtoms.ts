import { canonicalJson } from "#domain/fleet/configHash.ts";
import type { Condition } from "#domain/sampling/condition.ts";
import type { Atom, NumberedAtom, Scope } from "./atom.ts";

/** Where a comparison stands: in a policy that decides spans, in one that decides traces, or there inside sameSpan. */
export type Place = Scope | "sameSpan";

/** Each comparison once, however often it stands in the policy; status and kind first, because their masks cover the first 32 bits only. */
export function numberAtoms(conditions: readonly Condition[], scope: Scope): NumberedAtom[] {
  const unique = new Map<string, Omit<NumberedAtom, "bit">>();
  for (const condition of conditions) collect(condition, scope, unique);
  return [...unique.values()].sort((a, b) => rank(a.atom) - rank(b.atom)).map((one, bit) => ({ ...one, bit }));
}

/** The name that a comparison goes by: the latency of a trace is another than that of a span. */
export function atomKey(atom: Condition, of: NumberedAtom["of"]): string {
  return `${of} ${canonicalJson(atom)}`;
}

/** The bits of the comparisons that a condition consists of; one inside `sameSpan` counts as that one. */
export function bitsOf(condition: Condition, scope: Scope, atoms: readonly NumberedAtom[]): number[] {
  const wanted = new Map<string, Omit<NumberedAtom, "bit">>();
  collect(condition, scope, wanted);
  const inside = new Map<string, Omit<NumberedAtom, "bit">>();
  if (scope === "trace") for (const { atom } of wanted.values()) if (atom.kind === "sameSpan") collect(atom.of, "sameSpan", inside);
  return atoms.flatMap(({ atom, of, bit }) => (wanted.has(atomKey(atom, of)) && !inside.has(atomKey(atom, of)) ? [bit] : []));
}

export function takenOn(atom: Condition, place: Place): NumberedAtom["of"] {
  return place === "trace" && (atom.kind === "latency" || atom.kind === "spanCount") ? "trace" : "span";
}

function rank(atom: Atom): number {
  return atom.kind === "status" || atom.kind === "spanKind" ? 0 : 1;
}

function collect(condition: Condition, place: Place, into: Map<string, Omit<NumberedAtom, "bit">>): void {
  switch (condition.kind) {
    case "always":
      return;
    case "all":
    case "any":
      for (const child of condition.of) collect(child, place, into);
      return;
    case "not":
      collect(condition.of, place, into);
      return;
    case "sameSpan":
      // A span by itself is always the same span.
      if (place !== "trace") return collect(condition.of, place, into);
      collect(condition.of, "sameSpan", into);
      break;
  }
  const of = takenOn(condition, place);
  into.set(atomKey(condition, of), { atom: condition, of });
}
