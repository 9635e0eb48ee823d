import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { formatLock, LOCK_FILE, type Lock } from "#domain/as-code/lockFile.ts";

/** A file appears whole or stays as it was. */
export function writeWhole(dir: string, path: string, text: string): void {
  const file = join(dir, path);
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

export function writeLock(dir: string, lock: Lock): void {
  writeWhole(dir, LOCK_FILE, formatLock(lock));
}
