import { auditValues } from "../../db/auditEvents.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

const CHOICES_MAX = 200;

/** What there is to choose from in the filter: people and actions that occur, at most 200 of each. */
export async function auditChoices({ ctx }: { ctx: ServiceContext }): Promise<{ actors: string[]; actions: string[]; entities: string[] }> {
  authorise(ctx, "readAudit");
  const [actors, actions, entities] = await Promise.all([
    auditValues(ctx.db, "actorName", CHOICES_MAX),
    auditValues(ctx.db, "action", CHOICES_MAX),
    auditValues(ctx.db, "entity", CHOICES_MAX),
  ]);
  return { actors, actions, entities };
}
