// `npm run bench -- [name…]`: runs bench/<name>.ts, each of which prints a table. A single benchmark gets the options after its name.
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

/** Only by name: it takes an hour, and a program that has to be built first. */
const ONLY_BY_NAME = ["peers"];

const HELP = `npm run bench -- [NAME…] [options of one NAME]     the named benchmarks of ${NAMES.join(", ")}; without a name all but ${ONLY_BY_NAME.join(", ")}

  --json FILE  also write the figures to FILE (with one NAME)
  --help       this text; npm run bench -- peers --help for what that one takes
  --version    the version
`;

/** Names, then options that their one benchmark reads and checks itself; a file is meant from where the command was given. */
function parseArguments(args) {
  const firstOption = args.findIndex((arg) => arg.startsWith("-"));
  const names = firstOption < 0 ? args : args.slice(0, firstOption);
  const options = firstOption < 0 ? [] : args.slice(firstOption);
  const unknown = names.find((name) => !NAMES.includes(name));
  if (unknown !== undefined) throw new SetUpError(`unknown benchmark ${unknown}; npm run bench -- --help lists them`);
  if (options.length > 0 && names.length !== 1) throw new SetUpError(`${options[0]} needs the name of one benchmark before it`);
  const json = options.indexOf("--json") + 1;
  if (json > 0) {
    if (options[json] === undefined) throw new SetUpError("--json takes a file name");
    const base = process.env.INIT_CWD ?? process.cwd();
    if (!isAbsolute(options[json])) options[json] = join(base, options[json]);
  }
  return { names: names.length > 0 ? names : NAMES.filter((name) => !ONLY_BY_NAME.includes(name)), options };
}

async function main() {
  const args = process.argv.slice(2);
  if (["--help", "-h"].includes(args[0])) return void process.stdout.write(HELP);
  if (args[0] === "--version") return void process.stdout.write(`headgate ${version}\n`);
  const { names, options } = parseArguments(args);
  checkNodeVersion();
  await withSetUpLock(async () => {
    await ensureInstalled();
    await ensureGenerated();
    if (names.includes("live")) await ensureBuilt();
  });
  for (const name of names) {
    process.stdout.write(`\nbench ${name}\n`);
    const child = spawn(productNode(), ["--expose-gc", join("bench", `${name}.ts`), ...options], { cwd: root, stdio: "inherit" });
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
