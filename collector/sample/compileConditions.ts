import { canonicalJson } from "#domain/fleet/configHash.ts";
import type { Condition } from "#domain/sampling/condition.ts";
import { latencyBoundNs, SPAN_KINDS, STATUS_CODES } from "#domain/sampling/spanFacts.ts";
import { TextMatcher } from "../otlp/textMatcher.ts";
import type { DecisionStep, WireMatcherParts } from "../otlp/wireMatcher.ts";
import type { Atom, NumberedAtom } from "./atom.ts";
import { compileKeys, textTests } from "./compileKeys.ts";

/** Turns the tiers' conditions into tests that set a bit each, and a program from bits to the first tier that matches. */
export function compileConditions(conditions: readonly Condition[]): Omit<WireMatcherParts, "tiers"> {
  const atoms = numberAtoms(conditions);
  const bitOf = new Map(atoms.map(({ atom, bit }) => [canonicalJson(atom), bit]));
  const steps: DecisionStep[] = [];
  // From the last tier to the first: what a condition that does not hold leads to must be there already.
  let entry = -conditions.length;
  for (let tier = conditions.length - 1; tier >= 0; tier--) entry = compileCondition(conditions[tier], -1 - tier, entry, bitOf, steps);
  const endpoint = atoms.flatMap(({ atom, bit }) => (atom.kind === "endpoint" ? textTests(atom, bit) : []));
  return {
    atoms: atoms.length,
    statusBits: [0, 1, 2].map((code) => maskOf(atoms, (atom) => atom.kind === "status" && STATUS_CODES[atom.is] === code)),
    kindBits: [0, 1, 2, 3, 4, 5].map((code) => maskOf(atoms, (atom) => atom.kind === "spanKind" && SPAN_KINDS[atom.is] === code)),
    latency: atoms.flatMap(({ atom, bit }) => (atom.kind === "latency" ? [latencyTest(atom.aboveMs, bit)] : [])),
    name: new TextMatcher(endpoint),
    spanKeys: compileKeys(atoms, "span"),
    resourceKeys: compileKeys(atoms, "resource"),
    steps,
    entry,
  };
}

// Each comparison once, however often it stands in the policy; status and kind first, because their masks cover the first 32 bits only.
function numberAtoms(conditions: readonly Condition[]): NumberedAtom[] {
  const unique = new Map<string, Atom>();
  for (const condition of conditions) collectAtoms(condition, unique);
  const ordered = [...unique.values()].sort((a, b) => rank(a) - rank(b));
  return ordered.map((atom, bit) => ({ atom, bit }));
}

function rank(atom: Atom): number {
  return atom.kind === "status" || atom.kind === "spanKind" ? 0 : 1;
}

function collectAtoms(condition: Condition, into: Map<string, Atom>): void {
  switch (condition.kind) {
    case "always":
      return;
    case "all":
    case "any":
      for (const child of condition.of) collectAtoms(child, into);
      return;
    case "not":
      collectAtoms(condition.of, into);
      return;
    default:
      into.set(canonicalJson(condition), condition);
  }
}

/** Where to begin so that the program goes on at `whenTrue` or `whenFalse`. */
function compileCondition(condition: Condition, whenTrue: number, whenFalse: number, bitOf: Map<string, number>, steps: DecisionStep[]): number {
  switch (condition.kind) {
    case "always":
      return whenTrue;
    case "not":
      return compileCondition(condition.of, whenFalse, whenTrue, bitOf, steps);
    case "all":
      return condition.of.reduceRight((next, child) => compileCondition(child, next, whenFalse, bitOf, steps), whenTrue);
    case "any":
      return condition.of.reduceRight((next, child) => compileCondition(child, whenTrue, next, bitOf, steps), whenFalse);
    default:
      return steps.push({ bit: bitOf.get(canonicalJson(condition)) ?? 0, whenSet: whenTrue, whenClear: whenFalse }) - 1;
  }
}

function maskOf(atoms: readonly NumberedAtom[], fits: (atom: Atom) => boolean): number {
  return atoms.reduce((mask, { atom, bit }) => (fits(atom) ? mask | (1 << bit) : mask), 0);
}

function latencyTest(aboveMs: number, bit: number): { high: number; low: number; bit: number } {
  const bound = latencyBoundNs(aboveMs);
  return { high: Number(bound >> 32n), low: Number(bound & 0xffffffffn), bit };
}
