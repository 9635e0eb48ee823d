// `npm run headgate -- COMMAND`: what is done from a terminal, beside or without a running control plane.
import { spawn } from "node:child_process";
import { isAbsolute, join } from "node:path";
import { checkNodeVersion, ensureGenerated, ensureInstalled, productNode, root, SetUpError, version, withSetUpLock } from "./setUp.mjs";

const HELP = `npm run headgate -- COMMAND

  audit verify                 checks the chain of audit events: of DATABASE_URL, or of the embedded database in HEADGATE_DATA_DIR, whether or not it runs.
                               Exit code 0 when it holds, 1 when it is broken (it names the event), 2 when it can't be checked
      --expect NUMBER:HASH     and the event NUMBER must be there with this hash, which an earlier run has printed
      --json                   the result as JSON

  sign-in recover              turns passwords on again, and prints a link that makes one account that is an admin: the way back in when the provider of single
                               sign-on is gone. Of the same database, whether or not the control plane runs

  export DIR                   writes the server's documents, and what runs, into DIR as YAML, one file each. Headers' values become references
      --overwrite              also over files that were changed here since DIR was last equal to the server
  plan DIR                     says what apply would change, in sentences, and what was changed on the server meanwhile.
                               Exit code 0 when nothing, 2 when something, 1 when it can't be applied
  apply DIR                    does it, after asking; stops at the first thing that is refused, and says what was done
      --yes                    without asking
      --overwrite              also over what was changed on the server meanwhile
      --message TEXT           kept with each version
  plan, apply
      --prune                  and archives what DIR does not have
      --set-secrets            and sets every header from its variables, also where the server has a value
  all three
      --url URL                the server, instead of HEADGATE_URL (http://127.0.0.1:3000); HEADGATE_TOKEN is the API token
      --json                   the result as JSON

  --help                       this text
  --version                    the version
`;

/** The words of a command, and the program that does it. */
const COMMANDS = [
  { words: ["audit", "verify"], program: ["server", "verifyAudit.ts"], args: [] },
  { words: ["sign-in", "recover"], program: ["server", "recoverSignIn.ts"], args: [] },
  ...["export", "plan", "apply"].map((word) => ({ words: [word], program: ["as-code", "main.ts"], args: [word] })),
];

async function main() {
  const args = process.argv.slice(2);
  if (args.length === 0 || args.includes("--help") || args.includes("-h")) return void process.stdout.write(HELP);
  if (args.includes("--version")) return void process.stdout.write(`headgate ${version}\n`);
  const command = COMMANDS.find(({ words }) => words.every((word, index) => args[index] === word));
  if (!command) throw new SetUpError(`unknown command ${args.join(" ")}; npm run headgate -- --help lists them`);
  checkNodeVersion();
  await withSetUpLock(async () => {
    await ensureInstalled();
    await ensureGenerated();
  });
  const givenFolder = process.env.INIT_CWD ?? process.cwd();
  const given = process.env.HEADGATE_DATA_DIR;
  const dataDir = given ? (isAbsolute(given) ? given : join(givenFolder, given)) : join(root, ".headgate");
  const child = spawn(productNode(), [join(root, ...command.program), ...command.args, ...args.slice(command.words.length)], {
    cwd: givenFolder,
    env: { ...process.env, HEADGATE_DATA_DIR: dataDir },
    stdio: "inherit",
  });
  process.exitCode = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}

main().catch((error) => {
  process.stderr.write(`${error instanceof SetUpError ? error.message : error.stack}\n`);
  process.exitCode = 2;
});
