import type { TextMatch } from "./condition.ts";
import { compilePattern } from "./textPattern.ts";

export type TextTest = { match: TextMatch; value: string };

/** Whether every text that fits `a` fits `b`, where that can be told; regular expressions are only compared letter by letter. */
export function textImplies(a: TextTest, b: TextTest): boolean {
  if (a.match === b.match && a.value === b.value) return true;
  switch (a.match) {
    case "exact":
      return fits(b, a.value);
    case "prefix":
      return b.match === "prefix" ? a.value.startsWith(b.value) : b.match === "contains" && a.value.includes(b.value);
    case "contains":
      return b.match === "contains" && a.value.includes(b.value);
    case "regex":
      return false;
  }
}

function fits({ match, value }: TextTest, text: string): boolean {
  switch (match) {
    case "exact":
      return text === value;
    case "prefix":
      return text.startsWith(value);
    case "contains":
      return text.includes(value);
    case "regex":
      return compilePattern(value)(text);
  }
}
