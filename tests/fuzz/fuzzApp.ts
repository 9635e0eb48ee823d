// Started by scripts/fuzz.mjs.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fuzz } from "./fuzzRun.ts";
import { FUZZ_TARGETS } from "./targets.ts";

const folder = join(import.meta.dirname, "..", "..", "test-results", "fuzz");
const { values } = parseArgs({
  options: { inputs: { type: "string" }, seed: { type: "string" }, seconds: { type: "string" }, target: { type: "string" }, from: { type: "string" } },
});
const targets = FUZZ_TARGETS.filter(({ name }) => values.target === undefined || name === values.target);
const inputs = Math.ceil(Number(values.inputs) / targets.length);
let left = Number(values.seconds ?? Number.POSITIVE_INFINITY);
process.stdout.write(`seed ${values.seed}\n${"target".padEnd(14)}${"inputs".padStart(10)}${"seconds".padStart(10)}${"findings".padStart(10)}\n`);
for (const [index, { name }] of targets.entries()) {
  const report = await fuzz({ target: name, seed: Number(values.seed), from: Number(values.from ?? 0), inputs, seconds: left / (targets.length - index) });
  left -= report.seconds;
  process.stdout.write(
    `${name.padEnd(14)}${String(report.checked).padStart(10)}${report.seconds.toFixed(0).padStart(10)}${String(report.findings.length).padStart(10)}\n`,
  );
  for (const { at, seed, input, message } of report.findings) {
    process.exitCode = 1;
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${name}-${seed}-${at}.hex`);
    writeFileSync(file, `${input}\n`);
    process.stdout.write(`\n${message}\n  again: npm run fuzz -- --target ${name} --seed ${seed} --from ${at} --inputs 1\n  the input: ${file}\n\n`);
  }
}
