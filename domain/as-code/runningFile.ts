import { DOCUMENT_KINDS, type RunningFile } from "./codeFile.ts";
import type { ServerState } from "./serverState.ts";

/**
 * What runs, as far as it can be said by name: a document of which an older version runs is left out, so that applying the folder anywhere changes nothing
 * that nobody decided. `notes` say what was left out.
 */
export function runningFileOf({ documents, running }: ServerState): { file: RunningFile; notes: string[] } {
  const file: RunningFile = { kind: "running", runs: {} };
  const notes: string[] = [];
  for (const kind of DOCUMENT_KINDS) {
    const { id, name, version } = running[kind];
    const newest = documents.find((document) => document.id === id)?.version;
    if (newest === version) file.runs[kind] = name;
    else notes.push(`${kind}: left out, because ${name} v${version} runs and not its newest, v${newest ?? "?"}`);
  }
  return { file, notes };
}
