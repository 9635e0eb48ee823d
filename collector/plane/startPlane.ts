import { readdir, rm, rmdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import type { ProcessSettings } from "#domain/fleet/collectorFile.ts";
import type { DataFolder } from "../control/dataFolder.ts";
import { adoptRecordings } from "../record/adoptRecordings.ts";
import { type PlaneParts, startLocalPlane } from "./localPlane.ts";
import type { Plane } from "./plane.ts";
import { workerFolder } from "./workerFolder.ts";

type Parts = Pick<PlaneParts, "config" | "revision" | "keepAll" | "dataDir" | "processStartMs" | "otlp" | "log"> & {
  process: ProcessSettings;
  data: DataFolder;
};

/** The data plane as the settings of the process ask for it: in this thread, or in several. */
export async function startPlane({ process: { workers: asked, receivers }, data, ...parts }: Parts): Promise<Plane> {
  const workers = asked === "auto" ? availableParallelism() : asked;
  await adoptRecordings(parts.dataDir, workers);
  const leftovers = await findLeftovers(parts.dataDir, workers);
  if (workers === 1 && leftovers.length === 0) return startLocalPlane({ ...parts, receivers, workers, reusePort: false, receives: true });
  if (leftovers.length > 0) {
    parts.log(
      "info",
      { threads: leftovers.length },
      "threads that are no longer asked for left something behind; it is delivered by threads of their own, until the next start",
    );
  }
  // Loaded only where it is needed.
  const { startThreadedPlane } = await import("./threadedPlane.ts");
  const seed = await data.shardSeed();
  const died = (error: Error) => {
    // Nobody knows what it had in hand: the process ends, and what is in the logs is there for the next.
    queueMicrotask(() => {
      throw error;
    });
  };
  return startThreadedPlane({ ...parts, receivers, workers, leftovers, seed, died });
}

/** Threads above `workers` whose logs still hold something; a folder that holds nothing any more goes. What one of them has archived stays where it is. */
async function findLeftovers(dataDir: string, workers: number): Promise<number[]> {
  const folder = path.dirname(workerFolder(dataDir, 1));
  const found: number[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    const number = Number(name);
    if (!Number.isInteger(number) || number < workers) continue;
    const files = (await readdir(path.join(folder, name), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    if (files.some((file) => file.name.endsWith(".wal"))) found.push(number);
    else if (!files.some((file) => file.parentPath.includes("archive"))) await rm(path.join(folder, name), { recursive: true, force: true });
  }
  await rmdir(folder).catch(() => undefined);
  return found.sort((a, b) => a - b);
}
