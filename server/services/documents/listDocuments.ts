import { newestRevision, versionIn } from "../../db/documentRows.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import type { DocumentKind, DocumentListItem } from "./documentKind.ts";

/** Every document of a kind, newest change first, each with what `more` makes of its current body. */
export async function listDocuments<Body, More>(
  ctx: ServiceContext,
  kind: DocumentKind<Body>,
  more: (body: Body) => More,
): Promise<(DocumentListItem & More)[]> {
  authorise(ctx, "viewer");
  const rows = await ctx.db.document.findMany({ where: { kind: kind.kind }, include: { versions: { orderBy: { number: "desc" }, take: 1 } } });
  const newest = await newestRevision(ctx.db);
  const items = rows.map((row) => {
    const [version] = row.versions;
    const runningVersion = versionIn(newest, row.id);
    const body = kind.show({ body: version.body, secrets: Object(version.secrets) });
    return {
      id: row.id,
      name: row.name,
      currentVersion: row.currentVersion,
      updatedAtMs: version.createdAt.getTime(),
      updatedBy: version.authorName,
      isRunning: runningVersion !== null,
      runningVersion,
      ...more(body),
    };
  });
  return items.sort((a, b) => b.updatedAtMs - a.updatedAtMs);
}
