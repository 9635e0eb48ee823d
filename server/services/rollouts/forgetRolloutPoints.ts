import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

/** Of so many rollouts that have ended the series are kept; of older ones the plan, the log and what came of them stay. */
const ROLLOUTS_WITH_POINTS_MAX = 200;

export async function forgetRolloutPoints({ ctx }: { ctx: ServiceContext }): Promise<void> {
  authorise(ctx, "keepHouse");
  const oldest = await ctx.db.rollout.findMany({
    where: { isLive: false },
    orderBy: { number: "desc" },
    skip: ROLLOUTS_WITH_POINTS_MAX,
    take: 1,
    select: { number: true },
  });
  if (oldest.length > 0) await ctx.db.rolloutPoint.deleteMany({ where: { rollout: { lte: oldest[0].number }, of: { isLive: false } } });
}
