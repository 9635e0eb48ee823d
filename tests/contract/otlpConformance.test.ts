import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const page = readFileSync(join(root, "docs", "otlp-conformance.md"), "utf8");
/** `[file](../path): *title*`, as often as they come. */
const named = [...page.matchAll(/\[[^\]]+\]\(\.\.\/([\w/.-]+\.test\.ts)\): \*([^*]+)\*/g)].map(([, file, title]) => [file ?? "", title ?? ""] as const);

it("every test that the conformance page names is there", () => {
  expect(named.length).toBeGreaterThan(60);
  const missing = named.filter(([file, title]) => {
    const source = readFileSync(join(root, file), "utf8");
    return !source.includes(`"${title}"`) && !source.includes(`\`${title}\``);
  });
  expect(missing).toEqual([]);
});

it("every sentence on it that says MUST is shown by a test, or says why it can't be broken", () => {
  const rows = page.split("\n").filter((line) => line.startsWith("|") && line.includes("MUST"));
  expect(rows.length).toBeGreaterThan(40);
  for (const row of rows) {
    const [, , sentence, shown, how] = row.split("|").map((cell) => cell.trim());
    expect([sentence, (shown ?? "").includes(".test.ts") || (how ?? "") !== ""]).toEqual([sentence, true]);
  }
});
