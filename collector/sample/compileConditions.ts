import type { Condition } from "#domain/sampling/condition.ts";
import { latencyBoundNs, SPAN_KINDS, STATUS_CODES } from "#domain/sampling/spanFacts.ts";
import { TextMatcher } from "../otlp/textMatcher.ts";
import type { DecisionStep, LatencyTest, SameSpanTest, WireMatcherParts } from "../otlp/wireMatcher.ts";
import type { Atom, NumberedAtom, Scope } from "./atom.ts";
import { compileKeys, textTests } from "./compileKeys.ts";
import { atomKey, numberAtoms, type Place, takenOn } from "./numberAtoms.ts";

export type CompiledConditions = Omit<WireMatcherParts, "tiers" | "atoms" | "extraTiers"> & { atoms: readonly NumberedAtom[] };

/**
 * Turns the tiers' conditions into tests that set a bit each, and a program from bits to the first tier that matches; a second one passes over the first
 * `extraTiers`.
 */
export function compileConditions(conditions: readonly Condition[], scope: Scope, extraTiers = 0): CompiledConditions {
  const atoms = numberAtoms(conditions, scope);
  const bitOf = new Map(atoms.map(({ atom, of, bit }) => [atomKey(atom, of), bit]));
  const steps: DecisionStep[] = [];
  const program = { bitOf, steps };
  // From the last tier to the first: what a condition that does not hold leads to must be there already.
  let entry = -conditions.length;
  let policyEntry = entry;
  for (let tier = conditions.length - 1; tier >= 0; tier--) {
    entry = compileCondition(conditions[tier], scope, -1 - tier, entry, program);
    if (tier === extraTiers) policyEntry = entry;
  }
  const tierEntries = conditions.map((condition) => compileCondition(condition, scope, -1, -2, program));
  const sameSpan = atoms.flatMap(({ atom, bit }): SameSpanTest[] =>
    atom.kind === "sameSpan" ? [{ entry: compileCondition(atom.of, "sameSpan", -1, -2, program), bit }] : [],
  );
  const onSpans = atoms.filter(({ of }) => of === "span");
  const onTrace = atoms.filter(({ of }) => of === "trace");
  const endpoint = atoms.flatMap(({ atom, bit }) => (atom.kind === "endpoint" ? textTests(atom, bit) : []));
  return {
    atoms,
    statusBits: [0, 1, 2].map((code) => maskOf(atoms, (atom) => atom.kind === "status" && STATUS_CODES[atom.is] === code)),
    kindBits: [0, 1, 2, 3, 4, 5].map((code) => maskOf(atoms, (atom) => atom.kind === "spanKind" && SPAN_KINDS[atom.is] === code)),
    latency: latencyTests(onSpans),
    name: new TextMatcher(endpoint),
    spanKeys: compileKeys(atoms, "span"),
    resourceKeys: compileKeys(atoms, "resource"),
    steps,
    entry,
    policyEntry,
    tierEntries,
    sameSpan,
    trace: {
      latency: latencyTests(onTrace),
      spanCounts: onTrace.flatMap(({ atom, bit }) => (atom.kind === "spanCount" ? [{ atLeast: atom.atLeast, bit }] : [])),
    },
  };
}

type Program = { bitOf: ReadonlyMap<string, number>; steps: DecisionStep[] };

/** Where to begin so that the program goes on at `whenTrue` or `whenFalse`. */
function compileCondition(condition: Condition, place: Place, whenTrue: number, whenFalse: number, program: Program): number {
  switch (condition.kind) {
    case "always":
      return whenTrue;
    case "not":
      return compileCondition(condition.of, place, whenFalse, whenTrue, program);
    case "all":
      return condition.of.reduceRight((next, child) => compileCondition(child, place, next, whenFalse, program), whenTrue);
    case "any":
      return condition.of.reduceRight((next, child) => compileCondition(child, place, whenTrue, next, program), whenFalse);
    default:
      if (condition.kind === "sameSpan" && place !== "trace") return compileCondition(condition.of, place, whenTrue, whenFalse, program);
      return program.steps.push({ bit: program.bitOf.get(atomKey(condition, takenOn(condition, place))) ?? 0, whenSet: whenTrue, whenClear: whenFalse }) - 1;
  }
}

function maskOf(atoms: readonly NumberedAtom[], fits: (atom: Atom) => boolean): number {
  return atoms.reduce((mask, { atom, bit }) => (fits(atom) ? mask | (1 << bit) : mask), 0);
}

function latencyTests(atoms: readonly NumberedAtom[]): LatencyTest[] {
  return atoms.flatMap(({ atom, bit }) => {
    if (atom.kind !== "latency") return [];
    const bound = latencyBoundNs(atom.aboveMs);
    return [{ high: Number(bound >> 32n), low: Number(bound & 0xffffffffn), bit }];
  });
}
