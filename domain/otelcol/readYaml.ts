import { type Document, isAlias, isNode, isScalar, LineCounter, type Node, parseDocument, stringify, visit } from "yaml";
import type { Problem } from "../validation/problems.ts";
import { isWritten } from "./editYaml.ts";

/** UTF-16 units; a configuration of two thousand policies has less, and a longer one would hold the page for seconds at each keystroke. */
const YAML_LENGTH_MAX = 400_000;
/** How often aliases may be followed in all, so that a few lines can't grow into gigabytes. */
const ALIASES_MAX = 100;
/** Aliases that may stand in a text: each is looked for from its beginning. */
const ALIAS_PLACES_MAX = 500;
/** Brackets open at once; a hostile text of them alone would keep the parser busy for seconds. */
const BRACKETS_MAX = 1_000;

/** Longer parts are cut where they are shown. */
const PART_LENGTH_MAX = 4_000;

export type YamlPlaces = {
  /** The line, from 1, of the nearest thing at or above a path that the text itself has. */
  lineOf: (path: readonly PropertyKey[]) => number;
  /** What stands at a path as it is written, its comments too, without what it is indented by. */
  textOf: (path: readonly PropertyKey[]) => string;
  /** Whether what stands at a path stands there in the text itself, behind no alias or merge. */
  isWritten: (path: readonly PropertyKey[]) => boolean;
};
export type YamlText = ({ ok: true; value: unknown } & YamlPlaces) | { ok: false; problem: Problem & { line?: number } };

/** YAML as a Collector reads it, anchors and merge keys included; a bound that is passed is a problem that says so. Never throws. */
export function readYaml(text: string): YamlText {
  if (text.length > YAML_LENGTH_MAX)
    return failed(`is too large: ${text.length} characters of at most ${YAML_LENGTH_MAX}; paste its tail_sampling block alone`);
  if (nestsTooDeep(text)) return failed("is nested too deep");
  const lines = new LineCounter();
  try {
    // The parser's own look for keys that stand twice compares each with each.
    const document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false, uniqueKeys: false });
    const error = document.errors[0] ?? faultOf(document);
    if (error !== undefined) {
      const { line, col } = lines.linePos(error.pos[0]);
      if (error.message.includes("call stack")) return failed("is nested too deep", line);
      return failed(`is no YAML at line ${line}, column ${col}: ${error.message}`, line);
    }
    const lineOf = (path: readonly PropertyKey[]): number => {
      for (let length = path.length; length >= 0; length--) {
        const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
        if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
      }
      return 1;
    };
    const value: unknown = document.toJS({ maxAliasCount: ALIASES_MAX });
    const textOf = (path: readonly PropertyKey[]): string => {
      const found = document.getIn(path, true);
      const node = isAlias(found) ? found.resolve(document) : found;
      // What came in by a merge stands nowhere by itself.
      if (!isNode(node) || !node.range) return stringify(valueAt(value, path)).slice(0, PART_LENGTH_MAX);
      const [start, end] = node.range;
      return withoutIndent(text.slice(start, Math.min(end, start + PART_LENGTH_MAX)), lines.linePos(start).col - 1);
    };
    return { ok: true, value, lineOf, textOf, isWritten: (path) => isWritten(document, path) };
  } catch (error) {
    // An alias too many, a merge of what is no map, or nesting that no stack holds.
    return failed(error instanceof RangeError ? "is nested too deep" : `is no YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
}

type Fault = { pos: [number]; message: string };

/** The first key that stands twice in a map, or alias that stands within what it refers to; a Collector does not start with either. */
function faultOf(document: Document): Fault | undefined {
  let found: Fault | undefined;
  let aliases = 0;
  const stop = (node: Node, message: string) => {
    found = { pos: [node.range?.[0] ?? 0], message };
    return visit.BREAK;
  };
  visit(document, {
    Alias(_, alias, within) {
      aliases += 1;
      if (aliases > ALIAS_PLACES_MAX) return stop(alias, `there are more than ${ALIAS_PLACES_MAX} aliases`);
      const source = alias.resolve(document);
      return source !== undefined && within.includes(source) ? stop(alias, `*${alias.source.slice(0, 60)} stands within what it refers to`) : undefined;
    },
    Map(_, map) {
      const keys = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key) || (key.value === "<<" && key.type === "PLAIN")) continue;
        if (keys.has(key.value)) return stop(key, `the key ${JSON.stringify(String(key.value).slice(0, 60))} stands twice`);
        keys.add(key.value);
      }
      return undefined;
    },
  });
  return found;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined), value) ?? null;
}

function withoutIndent(part: string, columns: number): string {
  const indent = new RegExp(`^ {0,${columns}}`);
  return part
    .trimEnd()
    .split("\n")
    .map((line, index) => (index === 0 ? line : line.replace(indent, "")))
    .join("\n");
}

function nestsTooDeep(text: string): boolean {
  let open = 0;
  for (let index = 0; index < text.length; index++) {
    const char = text[index];
    if (char === "[" || char === "{") open++;
    else if ((char === "]" || char === "}") && open > 0) open--;
    if (open > BRACKETS_MAX) return true;
  }
  return false;
}

function failed(message: string, line?: number): YamlText {
  return { ok: false, problem: { path: "", message, ...(line === undefined ? {} : { line }) } };
}
