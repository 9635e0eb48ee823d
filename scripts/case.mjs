// `npm run case -- N`: runs examples/cases/N-*/run.ts, which starts real processes with the settings of a case before and after its cure and prints both.
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { checkNodeVersion, ensureGenerated, ensureInstalled, productNode, root, SetUpError, version, withSetUpLock } from "./setUp.mjs";

const folder = join(root, "examples", "cases");
const CASES = existsSync(folder)
  ? readdirSync(folder)
      .filter((name) => /^\d+-/.test(name))
      .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
  : [];

const HELP = `npm run case -- NUMBER [--seconds N] [--json FILE]

Runs an operations case with its bad settings and with the cured ones, and prints what was measured beside what the case states.

${CASES.map((name) => `  ${name.replace("-", "  ").replaceAll("-", " ")}`).join("\n")}

  --seconds N  seconds of load in each of the two phases; each case has its own default
  --json FILE  also write the figures to FILE
  --help       this text
  --version    the version
`;

async function main() {
  const args = process.argv.slice(2);
  if (args.includes("--help") || args.includes("-h")) return void process.stdout.write(HELP);
  if (args.includes("--version")) return void process.stdout.write(`headgate ${version}\n`);
  const [number, ...rest] = args;
  const found = CASES.find((name) => name.startsWith(`${number}-`));
  if (found === undefined) throw new SetUpError(`${number === undefined ? "no case given" : `unknown case ${number}`}; npm run case -- --help lists them`);
  const at = rest.indexOf("--json") + 1;
  if (at > 0 && rest[at] !== undefined && !isAbsolute(rest[at])) rest[at] = join(process.env.INIT_CWD ?? process.cwd(), rest[at]);
  checkNodeVersion();
  await withSetUpLock(async () => {
    await ensureInstalled();
    await ensureGenerated();
  });
  const child = spawn(productNode(), [join("examples", "cases", found, "run.ts"), ...rest], { cwd: root, stdio: "inherit" });
  process.exitCode = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}

main().catch((error) => {
  process.stderr.write(`${error instanceof SetUpError ? error.message : error.stack}\n`);
  process.exitCode = error instanceof SetUpError ? 2 : 1;
});
