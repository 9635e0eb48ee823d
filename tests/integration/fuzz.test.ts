import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fuzz, inputOf } from "#tests/fuzz/fuzzRun.ts";
import { randomOf } from "#tests/fuzz/random.ts";
import { FUZZ_TARGETS, targetNamed } from "#tests/fuzz/targets.ts";

/** `npm run fuzz` searches longer. Whatever of the two comes first. */
const INPUTS = 8_000;
const SECONDS = 10;

describe("the fuzzer", () => {
  it.each(FUZZ_TARGETS.map(({ name }) => name))("finds nothing in %s", { timeout: 240_000 }, async (target) => {
    const { checked, findings } = await fuzz({ target, seed: 20_261_128, inputs: INPUTS, seconds: SECONDS });
    expect(findings).toEqual([]);
    expect(checked).toBeGreaterThan(0);
  });

  it.each([
    ["faulty-hang", "it hangs"],
    ["faulty-crash", "the process ended with SIGABRT"],
    ["faulty-throw", "wrong"],
  ])("notices %s at the very input, and goes on after it", { timeout: 240_000 }, async (target, message) => {
    // With this seed it is one of so many.
    const [seed, inputs, wanted] = [3, 60, 40];
    expect(inputOf(target, seed, wanted)).toMatch(/^07/);
    const { checked, findings } = await fuzz({ target, seed, inputs, hangMs: 5_000 });
    expect(checked).toBe(inputs);
    expect(findings).toEqual([{ target, seed, at: wanted, input: inputOf(target, seed, wanted), message: expect.stringContaining(message) }]);
  });
});

describe("what was found once", () => {
  const folder = join(import.meta.dirname, "..", "fixtures", "fuzz");
  const cases = readdirSync(folder).flatMap((kind) => {
    const targets = kind === "otlp" ? ["span-scope", "trace-scope"] : [kind];
    return targets.flatMap((target) => readdirSync(join(folder, kind)).map((file) => [target, `${kind}/${file}`] as const));
  });

  it.each(cases)("stays mended in %s: %s", async (name, file) => {
    const target = targetNamed(name);
    if (target === undefined) throw new Error(`no target ${name}`);
    const input = Buffer.from(readFileSync(join(folder, file), "utf8").replace(/^#.*$/gm, "").trim(), "hex");
    // Under so many different settings.
    for (let settings = 0; settings < 20; settings++) await target.check(input, randomOf(1, settings));
  });
});
