import { canonicalJson } from "#domain/fleet/configHash.ts";
import { assembleConfig } from "../../db/assembleConfig.ts";
import { toRevision } from "../../db/documentRows.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";

/** A revision as collectors are sent it, header values in clear: for the fleet channel alone. */
export async function configBody({ ctx, input }: Call<{ revision: number }>): Promise<string> {
  authorise(ctx, "keepHouse");
  const row = await ctx.db.revision.findUniqueOrThrow({ where: { number: input.revision } });
  return canonicalJson(await assembleConfig(ctx.db, toRevision(row), ctx.ports.seal));
}
