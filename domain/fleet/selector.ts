/** What one collector must have: `in` and `notIn` compare a label's value, `exists` and `absent` ask whether it is there. Values are sorted, each once. */
export type Requirement = { key: string; is: "in" | "notIn"; values: readonly string[] } | { key: string; is: "exists" | "absent" };

/** All of its requirements must hold; none matches every collector. */
export type Selector = readonly Requirement[];

/** `position`: the character at which it went wrong, from 0. */
export type SelectorProblem = { position: number; message: string };
export type ParsedSelector = { ok: true; selector: Selector } | { ok: false; problem: SelectorProblem };

export const SELECTOR_LENGTH_MAX = 1_000;
export const REQUIREMENTS_MAX = 20;
export const VALUES_MAX = 50;

const WORD = /[^\s,()=!<>]+/y;

/**
 * Reads the syntax of Kubernetes' label selectors: `env=prod, region in (eu, us), tier!=db, team notin (a), zone, !canary`. As there, `!=` and `notin`
 * also match where the label is absent, and `env=` asks for an empty value. Never throws.
 */
export function parseSelector(text: string): ParsedSelector {
  if (text.length > SELECTOR_LENGTH_MAX) return failed(SELECTOR_LENGTH_MAX, `must have at most ${SELECTOR_LENGTH_MAX} characters, has ${text.length}`);
  const reader = new Reader(text);
  const selector: Requirement[] = [];
  try {
    if (reader.atEnd()) return { ok: true, selector };
    for (;;) {
      if (selector.length >= REQUIREMENTS_MAX) reader.fail(`there may be at most ${REQUIREMENTS_MAX} requirements`);
      selector.push(readRequirement(reader));
      if (reader.atEnd()) return { ok: true, selector };
      if (!reader.take(",")) reader.fail(`put a comma between two requirements, instead of ${reader.shown()}`);
    }
  } catch (error) {
    if (error instanceof Failure) return { ok: false, problem: error.problem };
    throw error;
  }
}

/** The one way to write it; reading it gives the same selector again. */
export function formatSelector(selector: Selector): string {
  return selector.map(formatRequirement).join(", ");
}

export function matchesSelector(selector: Selector, labels: Readonly<Record<string, string>>): boolean {
  return selector.every((requirement) => matches(requirement, labels));
}

function matches(requirement: Requirement, labels: Readonly<Record<string, string>>): boolean {
  const value = Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined;
  switch (requirement.is) {
    case "in":
      return value !== undefined && requirement.values.includes(value);
    case "notIn":
      return value === undefined || !requirement.values.includes(value);
    case "exists":
      return value !== undefined;
    case "absent":
      return value === undefined;
  }
}

function formatRequirement(requirement: Requirement): string {
  const { key } = requirement;
  switch (requirement.is) {
    case "in":
      return requirement.values.length === 1 ? `${key}=${requirement.values[0]}` : `${key} in (${requirement.values.join(", ")})`;
    case "notIn":
      return requirement.values.length === 1 ? `${key}!=${requirement.values[0]}` : `${key} notin (${requirement.values.join(", ")})`;
    case "exists":
      return key;
    case "absent":
      return `!${key}`;
  }
}

function readRequirement(reader: Reader): Requirement {
  if (reader.take("!")) return { key: reader.word("a label's name after !"), is: "absent" };
  const key = reader.word("a label's name such as env");
  if (reader.take("!=")) return { key, is: "notIn", values: [reader.maybeWord()] };
  if (reader.take("==") || reader.take("=")) return { key, is: "in", values: [reader.maybeWord()] };
  if (reader.atEnd() || reader.sees(",")) return { key, is: "exists" };
  if (reader.takeWord("in")) return { key, is: "in", values: readValues(reader) };
  if (reader.takeWord("notin")) return { key, is: "notIn", values: readValues(reader) };
  return reader.fail(`after ${key} comes =, !=, in, notin or a comma, not ${reader.shown()}`);
}

function readValues(reader: Reader): string[] {
  if (!reader.take("(")) reader.fail(`the values stand in parentheses: (eu, us), not ${reader.shown()}`);
  if (reader.sees(")")) reader.fail("name at least one value between the parentheses");
  const values = new Set<string>();
  for (;;) {
    values.add(reader.maybeWord());
    if (values.size > VALUES_MAX) reader.fail(`there may be at most ${VALUES_MAX} values`);
    if (reader.take(")")) return [...values].sort();
    if (!reader.take(",")) reader.fail(`put a comma between two values and ) after the last, instead of ${reader.shown()}`);
  }
}

class Failure extends Error {
  readonly problem: SelectorProblem;

  constructor(problem: SelectorProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** Walks over the text; white space counts for nothing. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  atEnd(): boolean {
    this.#skip();
    return this.#at >= this.#text.length;
  }

  sees(sign: string): boolean {
    this.#skip();
    return this.#text.startsWith(sign, this.#at);
  }

  take(sign: string): boolean {
    if (!this.sees(sign)) return false;
    this.#at += sign.length;
    return true;
  }

  takeWord(wanted: string): boolean {
    const found = this.#peek();
    if (found !== wanted) return false;
    this.#at += found.length;
    return true;
  }

  /** Empty where none stands. */
  maybeWord(): string {
    const found = this.#peek();
    this.#at += found.length;
    return found;
  }

  word(expected: string): string {
    const found = this.maybeWord();
    return found === "" ? this.fail(`expected ${expected}, not ${this.shown()}`) : found;
  }

  /** What stands here, for a message. */
  shown(): string {
    const found = this.#peek() || this.#text.slice(this.#at, this.#at + 1);
    return found === "" ? "the end" : JSON.stringify(found.length > 30 ? `${found.slice(0, 30)}…` : found);
  }

  fail(message: string): never {
    this.#skip();
    throw new Failure({ position: this.#at, message });
  }

  #peek(): string {
    this.#skip();
    WORD.lastIndex = this.#at;
    return WORD.exec(this.#text)?.[0] ?? "";
  }

  #skip(): void {
    while (/\s/.test(this.#text.charAt(this.#at))) this.#at++;
  }
}

function failed(position: number, message: string): ParsedSelector {
  return { ok: false, problem: { position, message } };
}
