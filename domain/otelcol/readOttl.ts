import type { Condition, SpanKindName } from "../sampling/condition.ts";
import { re2Problem } from "../sampling/condition.ts";
import { ENDPOINT_KEYS } from "../sampling/spanFacts.ts";
import { allOf, anyOf, notOf } from "./votes.ts";

/** Longer ones are not read; a hostile one would nest beyond the stack. */
const OTTL_LENGTH_MAX = 10_000;
const DEPTH_MAX = 64;

/** Why a condition can't be read; a sentence without its subject. */
export class NotOttl extends Error {}

/**
 * What one span has to fulfil, read from an OTTL condition of the span context: comparisons of attributes, status, kind and duration, IsMatch and IsString,
 * and, or, not. Throws NotOttl for all else, such as the name by itself: an endpoint is also looked for in the route.
 */
export function readOttl(text: string): Condition {
  if (text.length > OTTL_LENGTH_MAX) throw new NotOttl(`has more than ${OTTL_LENGTH_MAX} characters`);
  const parser = new Parser(tokensOf(text));
  const read = parser.or(0);
  parser.end();
  return conditionOf(read);
}

/** A comparison of the span's name has a meaning here only beside those of the route. */
type Name = { kind: "name"; match: "exact" | "regex"; value: string };
type Node = Condition | Name | { kind: "or" | "and"; of: Node[] } | { kind: "no"; of: Node };

type Token = { kind: "text" | "number" | "word" | "sign" | "duration"; text: string };
const DURATION =
  /^\(?(?:span\.start_time_unix_nano > 0 and span\.end_time_unix_nano > 0 and )?\(?(?:span\.)?end_time_unix_nano\s*-\s*(?:span\.)?start_time_unix_nano\)?\s*>\s*(\d+)\)?/;
const TOKENS: [Token["kind"], RegExp][] = [
  ["text", /^"(?:\\.|[^\\"])*"/],
  ["number", /^-?(?:\d+\.\d+|\d+)/],
  ["word", /^[A-Za-z_][A-Za-z0-9_.]*/],
  ["sign", /^(?:==|!=|>=|<=|[<>()[\],])/],
];

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let rest = text.trimStart();
  while (rest !== "") {
    const duration = durationAt(rest);
    const found = duration ?? TOKENS.map(([kind, pattern]) => ({ kind, text: pattern.exec(rest)?.[0] ?? "" })).find((one) => one.text !== "");
    if (found === undefined) throw new NotOttl(`has ${JSON.stringify(rest.slice(0, 20))}, which is not read here`);
    tokens.push(duration === undefined ? found : { kind: "duration", text: DURATION.exec(rest)?.[1] ?? "" });
    rest = rest.slice(found.text.length).trimStart();
  }
  return tokens;
}

/** The difference of the two times, as the only arithmetic that is read; its brackets have to be its own. */
function durationAt(rest: string): Token | undefined {
  const [text] = DURATION.exec(rest) ?? [];
  if (text === undefined) return undefined;
  const open = text.split("(").length - text.split(")").length;
  if (open === 0) return { kind: "duration", text };
  return open === -1 && text.endsWith(")") ? { kind: "duration", text: text.slice(0, -1) } : undefined;
}

const SIGNS = new Map([
  ["==", "equals"],
  ["!=", "notEquals"],
  [">", "above"],
  [">=", "atLeast"],
  ["<", "below"],
  ["<=", "atMost"],
] as const);
type Op = "equals" | "notEquals" | "above" | "atLeast" | "below" | "atMost";
const STATUS = ["unset", "ok", "error"] as const;
const KINDS: readonly SpanKindName[] = ["unspecified", "internal", "server", "client", "producer", "consumer"];
type Path = { kind: "name" } | { kind: "status" } | { kind: "spanKind" } | { kind: "attribute"; in: "span" | "resource"; key: string };
type Literal = string | number | boolean | null | { word: string };

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  or(depth: number): Node {
    return this.#list("or", () => this.#list("and", () => this.#not(depth)));
  }

  end(): void {
    if (this.#at < this.#tokens.length) throw new NotOttl(`goes on with ${this.#shown()}, which is not read here`);
  }

  #list(word: "or" | "and", part: () => Node): Node {
    const of = [part()];
    while (this.#take("word", word)) of.push(part());
    return of.length === 1 ? of[0] : { kind: word, of };
  }

  #not(depth: number): Node {
    if (depth > DEPTH_MAX) throw new NotOttl(`is nested more than ${DEPTH_MAX} deep`);
    if (this.#take("word", "not")) return { kind: "no", of: this.#not(depth + 1) };
    if (this.#take("sign", "(")) {
      const inner = this.or(depth + 1);
      this.#expect(")");
      return inner;
    }
    return this.#comparison();
  }

  #comparison(): Node {
    const next = this.#next();
    if (next.kind === "duration") return { kind: "latency", aboveMs: Number(next.text) / 1e6 };
    if (next.text === "true") return { kind: "always" };
    if (next.text === "false") return { kind: "not", of: { kind: "always" } };
    if (next.text === "IsMatch" || next.text === "IsString") return this.#call(next.text);
    const path = this.#path(next);
    const sign = this.#next();
    const op = SIGNS.get(sign.text as "==");
    if (op === undefined) throw new NotOttl(`compares with ${JSON.stringify(sign.text)}, which is not read here`);
    return compare(path, op, this.#literal());
  }

  #call(name: "IsMatch" | "IsString"): Node {
    this.#expect("(");
    const path = this.#path(this.#next());
    if (path.kind !== "attribute" && (path.kind !== "name" || name === "IsString")) throw new NotOttl(`asks ${name} of what is no attribute`);
    let pattern = "^";
    if (name === "IsMatch") {
      this.#expect(",");
      const value = this.#literal();
      if (typeof value !== "string") throw new NotOttl("asks IsMatch with what is no text");
      pattern = value;
    }
    this.#expect(")");
    const problem = re2Problem(pattern);
    if (problem) throw new NotOttl(`has an expression that ${problem}`);
    if (path.kind === "name") return { kind: "name", match: "regex", value: pattern };
    return { kind: "attribute", key: path.key, in: path.in, op: "regex", value: pattern === "" ? "^" : pattern };
  }

  #path(token: Token): Path {
    const parts = token.text.replace(/^span\./, "");
    if (token.kind !== "word") throw new NotOttl(`has ${JSON.stringify(token.text)} where a path is read`);
    if (parts === "name") return { kind: "name" };
    if (parts === "kind") return { kind: "spanKind" };
    if (parts === "status.code") return { kind: "status" };
    if (parts !== "attributes" && parts !== "resource.attributes") throw new NotOttl(`looks at ${token.text.slice(0, 60)}, which no condition does`);
    this.#expect("[");
    const key = this.#literal();
    if (typeof key !== "string" || key === "") throw new NotOttl("has a key that is no text");
    this.#expect("]");
    return { kind: "attribute", in: parts === "attributes" ? "span" : "resource", key };
  }

  #literal(): Literal {
    const { kind, text } = this.#next();
    if (kind === "number") return Number(text);
    if (kind === "text") return unquoted(text);
    if (text === "true" || text === "false") return text === "true";
    if (text === "nil") return null;
    if (kind === "word") return { word: text };
    throw new NotOttl(`has ${JSON.stringify(text)} where a value is read`);
  }

  #take(kind: Token["kind"], text: string): boolean {
    const next = this.#tokens[this.#at];
    if (next?.kind !== kind || next.text !== text) return false;
    this.#at++;
    return true;
  }

  #next(): Token {
    const next = this.#tokens[this.#at++];
    if (next === undefined) throw new NotOttl("ends in the middle");
    return next;
  }

  #expect(sign: string): void {
    if (!this.#take("sign", sign)) throw new NotOttl(`has ${this.#shown()} where ${sign} is read`);
  }

  #shown(): string {
    const next = this.#tokens[this.#at];
    return next === undefined ? "its end" : JSON.stringify(next.text.slice(0, 40));
  }
}

function unquoted(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    throw new NotOttl(`has the text ${text.slice(0, 40)}, which is not read here`);
  }
}

function compare(path: Path, op: Op, value: Literal): Node {
  const isWord = typeof value === "object" && value !== null;
  if (path.kind === "name") {
    if (typeof value !== "string" || (op !== "equals" && op !== "notEquals")) throw new NotOttl("compares the name with what is no text");
    const is: Name = { kind: "name", match: "exact", value };
    return op === "equals" ? is : { kind: "no", of: is };
  }
  if (path.kind === "status" || path.kind === "spanKind") return either(op, enumerated(path.kind, value));
  if (isWord) throw new NotOttl(`compares with ${value.word.slice(0, 40)}, which is not read here`);
  const { key, in: place } = path;
  const at = { kind: "attribute", key, in: place } as const;
  if (value === null) return either(op === "equals" ? "notEquals" : op === "notEquals" ? "equals" : op, { ...at, op: "exists" });
  if (op === "equals" || op === "notEquals") return either(op, { ...at, op: "equals", value });
  if (typeof value !== "number") throw new NotOttl("orders by what is no number");
  return { ...at, op, value };
}

function either(op: Op, condition: Condition): Condition {
  if (op === "equals") return condition;
  if (op === "notEquals") return notOf(condition);
  throw new NotOttl("orders by what has no order");
}

function enumerated(kind: "status" | "spanKind", value: Literal): Condition {
  const word = typeof value === "object" && value !== null ? value.word : "";
  const at = (names: readonly string[], prefix: string) =>
    typeof value === "number" ? value : names.findIndex((name) => `${prefix}${name.toUpperCase()}` === word);
  const status = STATUS[kind === "status" ? at(STATUS, "STATUS_CODE_") : -1];
  if (status !== undefined) return { kind: "status", is: status };
  const spanKind = KINDS[kind === "spanKind" ? at(KINDS, "SPAN_KIND_") : -1];
  if (spanKind !== undefined) return { kind: "spanKind", is: spanKind };
  throw new NotOttl(`compares the ${kind === "status" ? "status" : "kind"} with what is none`);
}

function conditionOf(node: Node): Condition {
  switch (node.kind) {
    case "or":
      return endpointOf(node.of) ?? anyOf(node.of.map(conditionOf));
    case "and":
      return differenceOf(node.of) ?? allOf(node.of.map(conditionOf));
    case "no":
      return notOf(conditionOf(node.of));
    case "name":
      throw new NotOttl("looks at the span's name alone; an endpoint is looked for in the route too");
    default:
      return node;
  }
}

/** There, and another value: what `notEquals` says in one; undefined where it is anything else. */
function differenceOf([first, second, ...more]: readonly Node[]): Condition | undefined {
  if (more.length > 0 || first.kind !== "attribute" || first.op !== "exists" || second.kind !== "not") return undefined;
  const { of } = second;
  if (of.kind !== "attribute" || of.op !== "equals" || of.key !== first.key || of.in !== first.in) return undefined;
  return { ...of, op: "notEquals" };
}

/** The name or one of the attributes that an endpoint has, all compared with the same values; undefined where it is anything else. */
function endpointOf(parts: readonly Node[]): Condition | undefined {
  if (parts.length !== 1 + ENDPOINT_KEYS.length) return undefined;
  const compared = parts.map((part, index) => comparedAt(part, index === 0 ? undefined : ENDPOINT_KEYS[index - 1]));
  const [first] = compared;
  if (first === undefined || compared.some((one) => JSON.stringify(one) !== JSON.stringify(first))) return undefined;
  return { kind: "endpoint", ...first };
}

type Compared = { match: "exact" | "regex"; values: string[] };

/** What `part` compares the attribute `key`, or the name, with. */
function comparedAt(part: Node, key: string | undefined): Compared | undefined {
  const matches = part.kind === "and" && part.of.length === 2 && isText(part.of[0], key) ? part.of[1] : part;
  const single = matches.kind === "or" ? matches.of : [matches];
  const found = single.map((one): Compared | undefined => {
    if (one.kind === "name") return key === undefined ? { match: one.match, values: [one.value] } : undefined;
    if (one.kind !== "attribute" || one.key !== key || one.in !== "span" || typeof one.value !== "string") return undefined;
    return one.op === "equals" ? { match: "exact", values: [one.value] } : one.op === "regex" ? { match: "regex", values: [one.value] } : undefined;
  });
  const [first] = found;
  if (first === undefined || found.some((one) => one?.match !== first.match)) return undefined;
  return { match: first.match, values: found.flatMap((one) => one?.values ?? []) };
}

const isText = (node: Node, key: string | undefined) => node.kind === "attribute" && node.key === key && node.op === "regex" && node.value === "^";
