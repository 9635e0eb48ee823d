import { RE2JS } from "re2js";

/** A test for an RE2 pattern that matches anywhere unless anchored. Linear in the text; throws where the schema would have refused the pattern. */
export function compilePattern(pattern: string): (text: string) => boolean {
  const compiled = RE2JS.compile(pattern);
  return (text) => compiled.test(text);
}
