import { randomInt } from "node:crypto";
import { mkdirSync } from "node:fs";
import { open, readFile, rename } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { keepAllListSchema } from "#domain/fleet/keepAll.ts";
import { AppError, messageOf } from "../appError.ts";

const identitySchema = z.object({
  instanceUid: z.uuid(),
  /** Given by the control plane at enrolment; absent before. `enrolledWith` tells a new token from the one that was used. */
  credential: z.string().min(1).optional(),
  collectorId: z.string().optional(),
  fleetUrl: z.string().optional(),
  enrolledWith: z.string().optional(),
});
export type Identity = z.infer<typeof identitySchema>;

const lastGoodSchema = z.object({ revision: z.int().min(0), hash: z.string(), config: z.unknown() });
export type LastGoodConfig = z.infer<typeof lastGoodSchema>;

const IDENTITY_FILE = "collector-identity.json";
const SHARD_FILE = "shard-seed.json";
const shardSchema = z.object({ seed: z.int() });
const KEEP_ALL_FILE = "keep-all.json";
const keepAllSchema = z.object({ writtenAtMs: z.number(), entries: keepAllListSchema });
export type KeptInFull = z.infer<typeof keepAllSchema>;
const CONFIG_FILE = "last-good-config.json";

/** What a collector keeps between two runs: who it is, and the last configuration from the control plane that worked. Readable by its owner only. */
export class DataFolder {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw new AppError("dataFolder", `can't create the data folder ${folder} (HEADGATE_DATA_DIR): ${messageOf(error)}`, error);
    }
  }

  /** Undefined when there is none yet. Throws AppError when there is one that can't be read: going on would enrol a second collector. */
  async readIdentity(): Promise<Identity | undefined> {
    const read = await this.#read(IDENTITY_FILE, identitySchema);
    if (read !== undefined && "problem" in read)
      throw new AppError("dataFolder", `${path.join(this.#folder, IDENTITY_FILE)}: ${read.problem}; delete it to enrol anew`);
    return read?.value;
  }

  writeIdentity(identity: Identity): Promise<void> {
    return this.#write(IDENTITY_FILE, identity);
  }

  /** `problem` when the file is there but broken; the collector starts without it then. */
  async readLastGoodConfig(): Promise<{ value: LastGoodConfig } | { problem: string } | undefined> {
    return this.#read(CONFIG_FILE, lastGoodSchema);
  }

  writeLastGoodConfig(config: LastGoodConfig): Promise<void> {
    return this.#write(CONFIG_FILE, config);
  }

  /** What was to be kept in full for a while, and for how long when that was written. */
  async readKeepAll(): Promise<{ value: KeptInFull } | { problem: string } | undefined> {
    return this.#read(KEEP_ALL_FILE, keepAllSchema);
  }

  writeKeepAll(kept: KeptInFull): Promise<void> {
    return this.#write(KEEP_ALL_FILE, kept);
  }

  /** Drawn once: gives a trace its thread, at every start the same one. */
  async shardSeed(): Promise<number> {
    const read = await this.#read(SHARD_FILE, shardSchema);
    if (read !== undefined && "value" in read) return read.value.seed;
    const seed = randomInt(0x80000000);
    await this.#write(SHARD_FILE, { seed });
    return seed;
  }

  async #read<T>(name: string, schema: z.ZodType<T>): Promise<{ value: T } | { problem: string } | undefined> {
    try {
      return { value: schema.parse(JSON.parse(await readFile(path.join(this.#folder, name), "utf8"))) };
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
      return { problem: error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error) };
    }
  }

  /** Written beside, flushed, then renamed: a crash leaves the old file or the new one, never half of one. */
  async #write(name: string, value: unknown): Promise<void> {
    const target = path.join(this.#folder, name);
    const temporary = `${target}.${process.pid}.tmp`;
    const handle = await open(temporary, "w", 0o600);
    try {
      await handle.writeFile(JSON.stringify(value));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
    const folder = await open(this.#folder, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}
