import { mkdir, readdir, rename, rmdir } from "node:fs/promises";
import path from "node:path";
import { RECORDING_FOLDER } from "./openRecording.ts";
import { readFileName } from "./recordingFormat.ts";

/**
 * Gives what threads from `workers` on have recorded to the first one: they are there no more, but what they have seen is a part of what was recorded then. It stays in a folder of its
 * own there, as what one thread has recorded, and within the first one's bounds. What can't be moved stays where it is.
 */
export async function adoptRecordings(dataDir: string, workers: number): Promise<void> {
  const threads = path.join(dataDir, "workers");
  for (const name of await readdir(threads).catch(() => [])) {
    if (!/^\d+$/.test(name) || Number(name) < workers) continue;
    const from = path.join(threads, name, RECORDING_FOLDER);
    const into = path.join(dataDir, RECORDING_FOLDER, `worker-${name}`);
    const files = (await readdir(from).catch(() => [])).filter((file) => readFileName(file) !== undefined);
    if (files.length > 0) await mkdir(into, { recursive: true, mode: 0o700 }).catch(() => undefined);
    for (const file of files) await rename(path.join(from, file), path.join(into, file)).catch(() => undefined);
    await rmdir(from).catch(() => undefined);
  }
}
