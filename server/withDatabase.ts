import { existsSync } from "node:fs";
import path from "node:path";
import { runningEmbeddedPostgres, startEmbeddedPostgres } from "./db/embedded-postgres/embeddedPostgres.ts";
import type { ServerEnv } from "./env.ts";
import { StartError } from "./errors/startError.ts";

/** The database of DATABASE_URL, or the embedded one: as it runs, or started for as long as this takes. */
export async function withDatabase<T>(env: ServerEnv, work: (url: string) => Promise<T>): Promise<T> {
  const dataDir = env.HEADGATE_DATA_DIR;
  const url = env.DATABASE_URL ?? runningEmbeddedPostgres(dataDir);
  if (url) return work(url);
  if (!existsSync(path.join(dataDir, "postgres", "data")))
    throw new StartError(`there is no database in ${dataDir}; name its folder in HEADGATE_DATA_DIR, or another database in DATABASE_URL`);
  const postgres = await startEmbeddedPostgres(dataDir, () => {});
  try {
    return await work(postgres.url);
  } finally {
    await postgres.stop(5_000);
  }
}
