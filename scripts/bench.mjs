// `npm run bench -- [name…]`: runs bench/<name>.ts, each of which prints a table. A benchmark gets --json FILE passed on.
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { checkNodeVersion, ensureBuilt, ensureGenerated, ensureInstalled, productNode, root, SetUpError, version, withSetUpLock } from "./setUp.mjs";

/** Benchmarks are the files of bench/ that are named in one lower-case word; what they share lies in folders there. */
const NAMES = existsSync(join(root, "bench"))
  ? readdirSync(join(root, "bench"))
      .filter((file) => /^[a-z]+\.ts$/.test(file))
      .map((file) => file.slice(0, -3))
  : [];

const HELP = `npm run bench -- [NAME…] [--json FILE]     all benchmarks, or the named ones: ${NAMES.join(", ")}

  --json FILE  also write the figures to FILE (with one NAME)
  --help       this text
  --version    the version
`;

function parseArguments(args) {
  const names = [];
  let json;
  for (let at = 0; at < args.length; at++) {
    if (args[at] === "--json") {
      json = args[++at];
      if (json === undefined) throw new SetUpError("--json takes a file name");
    } else if (NAMES.includes(args[at])) names.push(args[at]);
    else throw new SetUpError(`unknown option or benchmark ${args[at]}; npm run bench -- --help lists them`);
  }
  if (json !== undefined && names.length !== 1) throw new SetUpError("--json needs the name of one benchmark");
  const base = process.env.INIT_CWD ?? process.cwd();
  return { names: names.length > 0 ? names : NAMES, json: json && (isAbsolute(json) ? json : join(base, json)) };
}

async function main() {
  const args = process.argv.slice(2);
  if (args.includes("--help") || args.includes("-h")) return void process.stdout.write(HELP);
  if (args.includes("--version")) return void process.stdout.write(`headgate ${version}\n`);
  const { names, json } = parseArguments(args);
  checkNodeVersion();
  await withSetUpLock(async () => {
    await ensureInstalled();
    await ensureGenerated();
    if (names.includes("live")) await ensureBuilt();
  });
  for (const name of names) {
    process.stdout.write(`\nbench ${name}\n`);
    const child = spawn(productNode(), ["--expose-gc", join("bench", `${name}.ts`), ...(json ? ["--json", json] : [])], { cwd: root, stdio: "inherit" });
    const code = await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    if (code !== 0) process.exitCode = 1;
  }
}

main().catch((error) => {
  process.stderr.write(`${error instanceof SetUpError ? error.message : error.stack}\n`);
  process.exitCode = error instanceof SetUpError ? 2 : 1;
});
