import { canonicalJson } from "#domain/fleet/configHash.ts";
import { newestRevision } from "../../db/documentRows.ts";
import { assembleConfig } from "../../db/newestConfig.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

export type NewestConfig = { revision: number; hash: string; body: string };

/** What every collector shall run now, header values in clear: for the fleet channel alone. Null before the first boot has finished. */
export async function newestConfig({ ctx }: { ctx: ServiceContext }): Promise<NewestConfig | null> {
  authorise(ctx, "admin");
  const revision = await newestRevision(ctx.db);
  if (!revision) return null;
  return { revision: revision.number, hash: revision.hash, body: canonicalJson(await assembleConfig(ctx.db, revision, ctx.ports.seal)) };
}
