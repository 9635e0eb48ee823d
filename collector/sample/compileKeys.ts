import type { Condition, TextMatch } from "#domain/sampling/condition.ts";
import { ENDPOINT_KEYS, SERVICE_KEY } from "#domain/sampling/spanFacts.ts";
import { compilePattern } from "#domain/sampling/textPattern.ts";
import { KeySet, type NumberOp, type NumberTest } from "../otlp/keyTests.ts";
import { TextMatcher, type TextTest } from "../otlp/textMatcher.ts";
import type { NumberedAtom } from "./atom.ts";

type AttributeAtom = Extract<Condition, { kind: "attribute" }>;
type Draft = {
  exists: number[];
  texts: TextTest[];
  anyText: number[];
  numbers: NumberTest[];
  anyNumber: number[];
  whenTrue: number[];
  whenFalse: number[];
  anyOther: number[];
};

/** Everything that the policy asks of attributes in one place, by key. */
export function compileKeys(atoms: readonly NumberedAtom[], place: "span" | "resource"): KeySet {
  const drafts = new Map<string, Draft>();
  const draftOf = (key: string): Draft => {
    let draft = drafts.get(key);
    if (draft === undefined) {
      draft = { exists: [], texts: [], anyText: [], numbers: [], anyNumber: [], whenTrue: [], whenFalse: [], anyOther: [] };
      drafts.set(key, draft);
    }
    return draft;
  };
  for (const { atom, bit } of atoms) {
    if (atom.kind === "endpoint" && place === "span") for (const key of ENDPOINT_KEYS) draftOf(key).texts.push(...textTests(atom, bit));
    if (atom.kind === "service" && place === "resource") draftOf(SERVICE_KEY).texts.push(...textTests(atom, bit));
    if (atom.kind === "attribute" && atom.in === place) addAttributeTests(draftOf(atom.key), atom, bit);
  }
  return new KeySet(
    [...drafts].map(([key, { texts, anyText, ...lists }]) => ({ key: Buffer.from(key), tests: { ...lists, text: new TextMatcher(texts, anyText) } })),
  );
}

/** One test per value; any of them sets the bit. */
export function textTests({ match, values }: { match: TextMatch; values: readonly string[] }, bit: number): TextTest[] {
  return values.map((value) => (match === "regex" ? { match, test: compilePattern(value), bit } : { match, needle: Buffer.from(value), bit }));
}

function addAttributeTests(draft: Draft, { op, value }: AttributeAtom, bit: number): void {
  switch (op) {
    case "exists":
      draft.exists.push(bit);
      return;
    case "contains":
    case "prefix":
    case "regex":
      draft.texts.push(...textTests({ match: op, values: [String(value)] }, bit));
      return;
    case "equals":
      if (typeof value === "string") draft.texts.push({ match: "exact", needle: Buffer.from(value), bit });
      else if (typeof value === "number") draft.numbers.push({ op, value, bit });
      else (value ? draft.whenTrue : draft.whenFalse).push(bit);
      return;
    case "notEquals":
      addNotEquals(draft, value, bit);
      return;
    default:
      draft.numbers.push({ op: op satisfies NumberOp, value: Number(value), bit });
  }
}

// A value of another kind is not equal either; only an attribute that is missing altogether does not match.
function addNotEquals(draft: Draft, value: AttributeAtom["value"], bit: number): void {
  draft.anyOther.push(bit);
  if (typeof value === "string") draft.texts.push({ match: "not", needle: Buffer.from(value), bit });
  else draft.anyText.push(bit);
  if (typeof value === "number") draft.numbers.push({ op: "notEquals", value, bit });
  else draft.anyNumber.push(bit);
  if (value !== true) draft.whenTrue.push(bit);
  if (value !== false) draft.whenFalse.push(bit);
}
