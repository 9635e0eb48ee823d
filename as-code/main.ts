// `npm run headgate -- export|plan|apply DIR`: documents as files, over the HTTP API.
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { type Lock, lockEntry, lockKey, NOTHING_LOCKED, runningHash, type ServerLock } from "#domain/as-code/lockFile.ts";
import type { Plan } from "#domain/as-code/plan.ts";
import { planChanges } from "#domain/as-code/planChanges.ts";
import { planExport } from "#domain/as-code/planExport.ts";
import { runningFileOf } from "#domain/as-code/runningFile.ts";
import type { ServerState } from "#domain/as-code/serverState.ts";
import { type ApiClient, createApiClient } from "./apiClient.ts";
import { applyPlan } from "./applyPlan.ts";
import { CommandError } from "./commandError.ts";
import { type Options, readOptions } from "./options.ts";
import { planInWords } from "./planInWords.ts";
import { type Folder, readFolder } from "./readFolder.ts";
import { readServer } from "./readServer.ts";
import { writeLock, writeWhole } from "./writeFolder.ts";

const NOTHING = 0;
const FAILED = 1;
const CHANGES = 2;

const out = (text: string) => void process.stdout.write(text);

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), process.env);
  const api = createApiClient(options);
  switch (options.command) {
    case "export":
      return exportTo(api, options);
    case "plan":
      return plan(api, options);
    case "apply":
      return apply(api, options);
  }
}

async function exportTo(api: ApiClient, { dir, url, json, overwrite }: Options): Promise<number> {
  mkdirSync(dir, { recursive: true });
  const { files, lock } = readFolder(dir);
  const { writes, changedHere, notes, problems, locked } = planExport(await readServer(api), files, lock.servers[url] ?? NOTHING_LOCKED);
  if (problems.length > 0) throw new CommandError(problems.join("\n"));
  if (changedHere.length > 0 && !overwrite)
    throw new CommandError(
      `changed here and on the server since they were last equal: ${changedHere.join(", ")}. Apply them, or take the server's with --overwrite; nothing was written`,
    );
  for (const { path, text } of writes) {
    if (text === null) rmSync(join(dir, path));
    else writeWhole(dir, path, text);
  }
  writeLock(dir, withServer(lock, url, locked));
  if (json) out(`${JSON.stringify({ written: writes.map(({ path, text }) => ({ path, removed: text === null })), notes })}\n`);
  else
    out(
      `${[...writes.map(({ sentence }) => sentence), ...notes, writes.length === 0 ? `${dir} says what ${url} has already` : `${dir} says what ${url} has`].join("\n")}\n`,
    );
  return NOTHING;
}

async function plan(api: ApiClient, options: Options): Promise<number> {
  const { found } = await look(api, options);
  out(options.json ? `${inJson(found)}\n` : planInWords(found, options.url));
  if (found.problems.length > 0) return FAILED;
  return found.steps.length > 0 || found.drift.length > 0 ? CHANGES : NOTHING;
}

async function apply(api: ApiClient, options: Options): Promise<number> {
  const { found, folder, server } = await look(api, options);
  const say = options.json ? () => {} : (line: string) => out(`${line}\n`);
  if (!options.json) out(planInWords(found, options.url));
  if (found.problems.length > 0) return failed(found, options, "nothing was applied");
  if (found.drift.length > 0 && !options.overwrite)
    return failed(found, options, "nothing was applied: there are changes on the server that --overwrite would set back");
  if (found.steps.length > 0) {
    if (!options.yes && !(await isConfirmed(options.url))) return failed(found, options, "nothing was applied");
    await applyPlan(api, found, { message: options.message, say });
  }
  const after = found.steps.length > 0 ? await readServer(api) : server;
  const left = planChanges({ ...planInput(options, folder), server: after, locked: NOTHING_LOCKED, setSecrets: false });
  writeLock(options.dir, withServer(folder.lock, options.url, lockOf(left, after)));
  if (options.json) out(`${inJson(found)}\n`);
  if (left.steps.length === 0) return NOTHING;
  process.stderr.write("applied, but the server was changed by somebody else meanwhile; plan again\n");
  return FAILED;
}

async function look(api: ApiClient, options: Options): Promise<{ found: Plan; folder: Folder; server: ServerState }> {
  if (!existsSync(options.dir)) throw new CommandError(`there is no folder ${options.dir}; make one with: npm run headgate -- export ${options.dir}`);
  const folder = readFolder(options.dir);
  const server = await readServer(api);
  return { found: planChanges({ ...planInput(options, folder), server }), folder, server };
}

function planInput({ url, prune, setSecrets }: Options, { files, lock }: Folder) {
  return { files, locked: lock.servers[url] ?? NOTHING_LOCKED, environment: process.env, prune, setSecrets };
}

function failed(found: Plan, { json }: Options, why: string): number {
  if (json) out(`${inJson(found)}\n`);
  process.stderr.write(`${why}\n`);
  return FAILED;
}

async function isConfirmed(url: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new CommandError("there is nobody to ask: say --yes to apply without being asked; nothing was applied");
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await asking.question(`Apply this to ${url}? (yes/no) `);
  asking.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** Values of headers never leave the process but to the server. */
function inJson({ steps, drift, problems, leftAlone }: Plan): string {
  const changes = steps.map(({ action, kind, name, sentences, ...rest }) => ({ action, kind, name, ...("path" in rest && { path: rest.path }), sentences }));
  return JSON.stringify({ changes, drift, problems, leftAlone });
}

function lockOf({ equal }: Plan, server: ServerState): ServerLock {
  const documents = Object.fromEntries(equal.map(({ file, version }) => [lockKey(file.kind, file.name), lockEntry(file, version)]));
  return { documents, running: runningHash(runningFileOf(server).file) };
}

function withServer(lock: Lock, url: string, locked: ServerLock): Lock {
  return { servers: { ...lock.servers, [url]: locked } };
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    process.stderr.write(`${error instanceof CommandError ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = FAILED;
  },
);
