import { readFile } from "node:fs/promises";
import { type CollectorConfig, parseCollectorConfig } from "#domain/fleet/collectorConfig.ts";
import { type CollectorFile, type ProcessSettings, parseCollectorFile } from "#domain/fleet/collectorFile.ts";
import { AppError, messageOf } from "./appError.ts";
import type { DataFolder } from "./control/dataFolder.ts";
import { problemsText } from "./pipeline.ts";

export type StartingConfig = { config: CollectorConfig; process: ProcessSettings; revision: number; source: string; warning?: string };

const FILE_BYTES_MAX = 1_048_576;

/**
 * What to run until told otherwise. Not managed: the file, else the defaults (keep everything, in the local archive). Managed: the last good
 * configuration from the control plane; without one the file, else the defaults. What the file says of the process itself holds in any case. Throws AppError `usage` for a
 * file that is not valid.
 */
export async function startingConfig(file: string | undefined, managed: boolean, data: DataFolder): Promise<StartingConfig> {
  const given = file === undefined ? undefined : await readConfigFile(file);
  const { config: defaults, process } = given ?? parsedFile({}, "defaults");
  const kept = managed ? await data.readLastGoodConfig() : undefined;
  let warning: string | undefined;
  if (kept !== undefined) {
    if ("problem" in kept) warning = `the last good configuration on disk can't be read: ${kept.problem}`;
    else {
      const parsed = parseCollectorConfig(kept.value.config);
      if (parsed.ok) return { config: parsed.value, process, revision: kept.value.revision, source: "last good configuration" };
      warning = `the last good configuration on disk is not valid any more: ${problemsText(parsed.problems)}`;
    }
  }
  return { config: defaults, process, revision: 0, source: given === undefined ? "defaults" : (file ?? ""), warning };
}

/** Every problem with its path, on one line. */
async function readConfigFile(file: string): Promise<CollectorFile> {
  return parsedFile(await readYamlFile(file, "configuration"), file);
}

/** YAML or JSON (which is YAML). Throws AppError `usage` that says what it was to be when it can't be read. */
export async function readYamlFile(file: string, what: string): Promise<unknown> {
  try {
    const text = await readFile(file, "utf8");
    if (text.length > FILE_BYTES_MAX) throw new Error(`has more than ${FILE_BYTES_MAX} bytes`);
    return asJson(text) ?? (await asYaml(text));
  } catch (error) {
    throw new AppError("usage", `can't read the ${what} ${file}: ${messageOf(error).split("\n", 1)[0]}`, error);
  }
}

/** `undefined` for what is no JSON object. */
function asJson(text: string): unknown {
  if (!text.trimStart().startsWith("{")) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Loaded only where it is needed: it takes megabytes. */
async function asYaml(text: string): Promise<unknown> {
  const { default: YAML } = await import("yaml");
  return YAML.parse(text, { maxAliasCount: 100 });
}

function parsedFile(input: unknown, source: string): CollectorFile {
  const parsed = parseCollectorFile(input);
  if (!parsed.ok) throw new AppError("usage", `${source}: ${problemsText(parsed.problems)}`);
  return parsed.value;
}
