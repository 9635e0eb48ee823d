import { lastChanges } from "../../db/lastChanges.ts";
import { placesOf, readRunning } from "../../db/runningPlaces.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { listSchema } from "./documentInput.ts";
import type { DocumentKind, DocumentListItem } from "./documentKind.ts";

/** The documents of a kind that are archived, or those that are not, newest change first, each with what `more` makes of its current body. */
export async function listDocuments<Body, More>(
  ctx: ServiceContext,
  kind: DocumentKind<Body>,
  untrusted: unknown,
  more: (body: Body) => More,
): Promise<(DocumentListItem & More)[]> {
  authorise(ctx, "look");
  const { archived } = parseInput(listSchema, untrusted ?? {});
  const rows = await ctx.db.document.findMany({
    where: { kind: kind.kind, archivedAt: archived ? { not: null } : null },
    include: { versions: { orderBy: { number: "desc" }, take: 1 } },
  });
  const running = await readRunning(ctx.db, ctx.ports.nowMs());
  const changes = await lastChanges(
    ctx.db,
    kind.entity,
    rows.map(({ id }) => id),
  );
  const items = rows.map((row) => {
    const [version] = row.versions;
    const runsIn = placesOf(running, row.id);
    const body = kind.show({ body: version.body, secrets: Object(version.secrets) });
    return {
      id: row.id,
      name: row.name,
      currentVersion: row.currentVersion,
      updatedAtMs: version.createdAt.getTime(),
      updatedBy: version.authorName,
      isRunning: runsIn.length > 0,
      runningVersion: runsIn[0]?.version ?? null,
      runsIn,
      lastChange: changes.get(row.id) ?? null,
      ...more(body),
    };
  });
  return items.sort((a, b) => b.updatedAtMs - a.updatedAtMs);
}
