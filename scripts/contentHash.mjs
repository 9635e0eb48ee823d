import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const SKIPPED = new Set(["node_modules", "gen", ".next"]);
const isTest = (name) => /\.test\.tsx?$/.test(name);

/** SHA-256 over names and contents of every file under `paths` (relative to `root`; missing ones count as missing), tests left out. */
export function contentHash(root, paths, extra = "") {
  const hash = createHash("sha256").update(extra);
  for (const path of paths) add(hash, root, path);
  return hash.digest("hex");
}

function add(hash, root, path) {
  const full = join(root, path);
  if (!existsSync(full)) {
    hash.update(`${path}\0missing\0`);
  } else if (statSync(full).isDirectory()) {
    for (const name of readdirSync(full).sort()) if (!SKIPPED.has(name) && !isTest(name)) add(hash, root, join(path, name));
  } else {
    const content = readFileSync(full);
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
}

/** What a step was last done for; `undefined` when it never was. */
export function readStamp(file) {
  return existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
}

export function writeStamp(file, value) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${value}\n`);
}
