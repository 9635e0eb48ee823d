import path from "node:path";

/** What a thread keeps on disk lies in a folder of its own; the first one's is the one that a collector without threads uses. */
export function workerFolder(dataDir: string, index: number): string {
  return index === 0 ? dataDir : path.join(dataDir, "workers", String(index));
}
