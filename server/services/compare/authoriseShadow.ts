import type { Transaction } from "../../db/database.ts";
import { findGroup } from "../../db/groupRows.ts";
import type { Shadow } from "../../db/shadowRows.ts";
import { readTargets } from "../../db/targets.ts";
import { authorise, authoriseIn, type Caller } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

/** Who calls, provided that they may try policies in the groups that the shadow's collectors are in. */
export async function authoriseShadow(tx: Transaction, ctx: ServiceContext, { groupId, collectorIds }: Shadow): Promise<Caller> {
  const group = groupId === null ? null : await findGroup(tx, groupId);
  if (group) return authoriseIn(ctx, "tryPolicy", group);
  const targets = await readTargets(tx, ctx.ports.nowMs(), collectorIds);
  const [caller] = [...targets.values()].map((target) => authoriseIn(ctx, "tryPolicy", target.group));
  return caller ?? authorise(ctx, "tryPolicy");
}
