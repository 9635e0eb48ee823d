// `npm run soak -- --minutes N`: a real collector under load and random faults for so long; scripts/soakRun.ts says what is checked.
import { spawn } from "node:child_process";
import { isAbsolute, join } from "node:path";
import { checkNodeVersion, ensureGenerated, ensureInstalled, productNode, root, SetUpError, version, withSetUpLock } from "./setUp.mjs";

const HELP = `npm run soak -- [--minutes N] [--seed N] [--rate N] [--scope span|trace] [--json FILE]

A collector between senders that know their spans and a backend that misbehaves, at random but by a seed. The ledger is checked at every scrape, every acknowledged span
is looked for at the end, and resident memory must not rise (domain/trends). Ends with 1 when anything of that does not hold.

  --minutes N  how long (10)
  --seed N     of the schedule (1)
  --rate N     spans a second (5000)
  --scope S    span, or trace with wal.waiting (span)
  --json FILE  also write the figures to FILE
  --help       this text
  --version    the version
`;

async function main() {
  const args = process.argv.slice(2);
  if (args.includes("--help") || args.includes("-h")) return void process.stdout.write(HELP);
  if (args.includes("--version")) return void process.stdout.write(`headgate ${version}\n`);
  const at = args.indexOf("--json") + 1;
  if (at > 0 && args[at] !== undefined && !isAbsolute(args[at])) args[at] = join(process.env.INIT_CWD ?? process.cwd(), args[at]);
  checkNodeVersion();
  await withSetUpLock(async () => {
    await ensureInstalled();
    await ensureGenerated();
  });
  const child = spawn(productNode(), [join("scripts", "soakRun.ts"), ...args], { cwd: root, stdio: "inherit" });
  process.exitCode = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}

main().catch((error) => {
  process.stderr.write(`${error instanceof SetUpError ? error.message : error.stack}\n`);
  process.exitCode = error instanceof SetUpError ? 2 : 1;
});
