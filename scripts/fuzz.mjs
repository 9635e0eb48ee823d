// `npm run fuzz`: inputs that nobody has written, against everything of the collector that takes bytes from strangers.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { checkNodeVersion, ensureGenerated, ensureInstalled, productNode, root, SetUpError, version, withSetUpLock } from "./setUp.mjs";

const TARGETS = ["span-scope", "trace-scope", "json", "compressed", "grpc-message", "http-head"];
const HELP = `npm run fuzz -- [options]     generated and mutated input for the collector, each compared with what protobufjs and the rules say

  --inputs N     how many, over all targets (100000)
  --seed S       the same seed gives the same inputs (the time of day)
  --seconds N    begin no further ones after so long
  --target NAME  one of ${TARGETS.join(", ")}
  --from N       begin with input N of the target
  --help         this text
  --version      the version

What was found is saved in test-results/fuzz, with the command that repeats it. A finding that was mended belongs to tests/fixtures/fuzz.
`;

function parseArguments(args) {
  const given = { inputs: "100000", seed: String(Date.now() % 2 ** 31) };
  for (let at = 0; at < args.length; at += 2) {
    const name = args[at].slice(2);
    if (!["--inputs", "--seed", "--seconds", "--target", "--from"].includes(args[at]))
      throw new SetUpError(`unknown option ${args[at]}; npm run fuzz -- --help lists them`);
    const value = args[at + 1];
    if (name === "target" ? !TARGETS.includes(value) : !/^\d{1,12}$/.test(value ?? "")) {
      throw new SetUpError(`${args[at]} takes ${name === "target" ? `one of ${TARGETS.join(", ")}` : "a whole number"}`);
    }
    given[name] = value;
  }
  return Object.entries(given).flatMap(([name, value]) => [`--${name}`, value]);
}

async function main() {
  const args = process.argv.slice(2);
  if (args.includes("--help") || args.includes("-h")) return void process.stdout.write(HELP);
  if (args.includes("--version")) return void process.stdout.write(`headgate ${version}\n`);
  const parsed = parseArguments(args);
  checkNodeVersion();
  await withSetUpLock(async () => {
    await ensureInstalled();
    await ensureGenerated();
  });
  const child = spawn(productNode(), [join("tests", "fuzz", "fuzzApp.ts"), ...parsed], { cwd: root, stdio: "inherit" });
  process.exitCode = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}

main().catch((error) => {
  process.stderr.write(`${error instanceof SetUpError ? error.message : error.stack}\n`);
  process.exitCode = error instanceof SetUpError ? 2 : 1;
});
