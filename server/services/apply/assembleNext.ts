import type { CollectorConfig } from "#domain/fleet/collectorConfig.ts";
import { formatProblem } from "#domain/validation/problems.ts";
import { assembleConfig, type ConfigParts, InvalidConfigError } from "../../db/assembleConfig.ts";
import type { Transaction } from "../../db/database.ts";
import type { SealPort } from "../../db/secretBox.ts";
import { AppError } from "../../errors/appError.ts";

/** What collectors would be sent. INVALID when its parts don't go together: a policy's bounds, for one, depend on how large a request may be. */
export async function assembleNext(tx: Transaction, parts: ConfigParts, seal: SealPort): Promise<CollectorConfig> {
  try {
    return await assembleConfig(tx, parts, seal);
  } catch (error) {
    if (!(error instanceof InvalidConfigError)) throw error;
    const { problems } = error;
    throw new AppError("INVALID", `collectors would refuse this: ${problems.map(formatProblem).join("; ")}`, { cause: error, problems });
  }
}
