import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FILE_LENGTH_MAX, type FileProblem, parseCodeFile } from "#domain/as-code/codeFile.ts";
import { EMPTY_LOCK, LOCK_FILE, type Lock, parseLock } from "#domain/as-code/lockFile.ts";
import type { FolderFile } from "#domain/as-code/planChanges.ts";
import { formatProblem } from "#domain/validation/problems.ts";
import { CommandError } from "./commandError.ts";

const FILES_MAX = 2_000;
const DEPTH_MAX = 8;
/** Of UTF-8, where a character has up to three bytes for one unit of a JavaScript string. */
const FILE_BYTES_MAX = 3 * FILE_LENGTH_MAX;
const LOCK_BYTES_MAX = 10_000_000;

export type Folder = { files: FolderFile[]; lock: Lock };

/** Every YAML file below `dir`, all of them read before anything is done. Throws with every problem: file, line, path, what to do. */
export function readFolder(dir: string): Folder {
  const files: FolderFile[] = [];
  const problems: string[] = [];
  for (const path of listYaml(dir)) {
    const text = readText(dir, path, FILE_BYTES_MAX);
    const read = parseCodeFile(text);
    if (read.ok) files.push({ path, file: read.file });
    else problems.push(...read.problems.map((problem) => inOneLine(path, problem)));
  }
  if (problems.length > 0) throw new CommandError(problems.join("\n"));
  return { files, lock: readLock(dir) };
}

export function readLock(dir: string): Lock {
  if (!exists(join(dir, LOCK_FILE))) return EMPTY_LOCK;
  const parsed = parseLock(readText(dir, LOCK_FILE, LOCK_BYTES_MAX));
  if (parsed.ok) return parsed.value;
  throw new CommandError(
    `${LOCK_FILE}: ${formatProblem(parsed.problems[0])}; take it back from your repository, or remove it: then nothing tells what was changed on the server meanwhile`,
  );
}

/** Paths below `dir` with forward slashes, in order. Hidden folders are left out, and links are not followed out of it. */
function listYaml(dir: string): string[] {
  const found: string[] = [];
  const visit = (below: string, depth: number) => {
    for (const entry of readEntries(join(dir, below))) {
      const path = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.name.startsWith(".")) continue;
      if (entry.isDirectory() && depth < DEPTH_MAX && entry.name !== "node_modules") visit(path, depth + 1);
      else if (entry.isFile() && /\.ya?ml$/.test(entry.name)) found.push(path);
      if (found.length > FILES_MAX) throw new CommandError(`${dir} has more than ${FILES_MAX} YAML files; name the folder that holds Headgate's alone`);
    }
  };
  visit("", 0);
  return found.sort();
}

function readEntries(dir: string) {
  try {
    return readdirSync(dir, { withFileTypes: true });
  } catch (error) {
    throw new CommandError(
      `${dir} can't be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}; name a folder that is there, or make one with: npm run headgate -- export ${dir}`,
      error,
    );
  }
}

function readText(dir: string, path: string, bytesMax: number): string {
  const { size } = lstatSync(join(dir, path));
  if (size > bytesMax) throw new CommandError(`${path}: is too large: ${size} bytes of at most ${bytesMax}`);
  return readFileSync(join(dir, path), "utf8");
}

function exists(file: string): boolean {
  try {
    return lstatSync(file).isFile();
  } catch {
    return false;
  }
}

function inOneLine(path: string, problem: FileProblem): string {
  const place = problem.line === undefined ? path : `${path}:${problem.line}`;
  return `${place}: ${formatProblem(problem)}`;
}
