import { configHash } from "../fleet/configHash.ts";
import { formatProblem } from "../validation/problems.ts";
import type { DocumentFile, RunningFile } from "./codeFile.ts";
import { fileNameOf } from "./fileNameOf.ts";
import { formatCodeFile } from "./formatCodeFile.ts";
import { lockEntry, lockKey, runningHash, type ServerLock } from "./lockFile.ts";
import type { FolderFile } from "./planChanges.ts";
import { runningFileOf } from "./runningFile.ts";
import { toFile } from "./serverBody.ts";
import type { ServerState } from "./serverState.ts";

export type ExportPlan = {
  /** Files whose content is another than the folder's; `text` is null where the file is to go. Others are not touched, comments and all. */
  writes: { path: string; text: string | null; sentence: string }[];
  /** Changed in the folder since it was last equal to the server: writing them would lose that. */
  changedHere: string[];
  notes: string[];
  problems: string[];
  locked: ServerLock;
};

/** What a folder has to have so that it says what the server has. */
export function planExport(server: ServerState, files: readonly FolderFile[], { documents: locked, running }: ServerLock): ExportPlan {
  const plan: ExportPlan = { writes: [], changedHere: [], notes: [], problems: [], locked: { documents: {}, running: null } };
  const kept = new Set<string>();
  for (const document of server.documents.filter(({ archived }) => !archived)) {
    const { kind, name, version } = document;
    const here = files.find(({ file }) => file.kind === kind && file.name === name) as { path: string; file: DocumentFile } | undefined;
    const parsed = toFile(kind, name, document.body, here?.file);
    if (!parsed.ok) {
      plan.problems.push(`the ${kind} ${name} can't be read by this version of Headgate: ${parsed.problems.map(formatProblem).join("; ")}`);
      continue;
    }
    const path = here?.path ?? fileNameOf(parsed.value);
    kept.add(path);
    plan.locked.documents[lockKey(kind, name)] = lockEntry(parsed.value, version);
    if (here && configHash(here.file.body) === configHash(parsed.value.body)) continue;
    if (here && configHash(here.file.body) !== locked[lockKey(kind, name)]?.sha256) plan.changedHere.push(path);
    plan.writes.push({ path, text: formatCodeFile(parsed.value), sentence: here ? `${path}: version ${version}` : `${path}: new` });
  }
  writeRunning(plan, server, files, running);
  for (const { path, file } of files) {
    if (file.kind === "running" || kept.has(path)) continue;
    const lock = locked[lockKey(file.kind, file.name)];
    if (lock?.sha256 === configHash(file.body))
      plan.writes.push({ path, text: null, sentence: `${path}: removed, since it is archived or renamed on the server` });
    else plan.notes.push(`${path} is not on the server; it stays, and apply would create it`);
  }
  plan.writes.sort((a, b) => (a.path < b.path ? -1 : 1));
  return plan;
}

function writeRunning(plan: ExportPlan, server: ServerState, files: readonly FolderFile[], locked: string | null): void {
  const here = files.find((one): one is { path: string; file: RunningFile } => one.file.kind === "running");
  const { file, notes } = runningFileOf(server);
  plan.locked.running = runningHash(file);
  plan.notes.push(...notes.map((note) => `running.yaml: ${note}`));
  if (here && runningHash(here.file) === runningHash(file)) return;
  const path = here?.path ?? fileNameOf(file);
  if (here && runningHash(here.file) !== locked) plan.changedHere.push(path);
  plan.writes.push({ path, text: formatCodeFile(file, notes), sentence: `${path}: ${here ? "what runs has changed" : "new"}` });
}
