import { RE2JS } from "re2js";

type TextTest = (text: string) => boolean;

/** Patterns come from policies, of which few are in use at a time; compiling one costs a thousand times what testing a text does. */
const COMPILED_MAX = 512;
const compiled = new Map<string, TextTest>();

/** Letters, digits and what means itself, between anchors or none: valid without being compiled, and never found in the empty text. */
const PLAIN = /^\^?[\w/ :.,@#=&%~-]+\$?$/;

export function isPlainPattern(pattern: string): boolean {
  return PLAIN.test(pattern);
}

/** A test for an RE2 pattern that matches anywhere unless anchored. Linear in the text; throws where the schema would have refused the pattern. */
export function compilePattern(pattern: string): TextTest {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const expression = RE2JS.compile(pattern);
  const test: TextTest = (text) => expression.test(text);
  if (compiled.size >= COMPILED_MAX) compiled.clear();
  compiled.set(pattern, test);
  return test;
}
