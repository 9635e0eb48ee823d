import { findDocument, REVISION_COLUMNS, toDocumentVersion } from "../../db/documentRows.ts";
import { placesOf, readRunning, versionEverywhere } from "../../db/runningPlaces.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { byIdSchema, VERSIONS_MAX } from "./documentInput.ts";
import type { DocumentKind, DocumentView } from "./documentKind.ts";

/** A document with its current body and all its versions, newest first, of which the body is asked for one by one. */
export async function getDocument<Body>(ctx: ServiceContext, kind: DocumentKind<Body>, untrusted: unknown): Promise<DocumentView<Body>> {
  authorise(ctx, "look");
  const { id } = parseInput(byIdSchema, untrusted);
  const document = await findDocument(ctx.db, kind.kind, id);
  if (!document) throw new AppError("NOT_FOUND", `there is no ${kind.noun} with the id ${id}`);
  const where = { documentId: id };
  const current = await ctx.db.documentVersion.findFirstOrThrow({ where, orderBy: { number: "desc" } });
  const select = { number: true, authorName: true, createdAt: true, message: true };
  const versions = await ctx.db.documentVersion.findMany({ where, orderBy: { number: "desc" }, take: VERSIONS_MAX, select });
  const columns = REVISION_COLUMNS[kind.kind];
  const revisions = await ctx.db.revision.findMany({ where: { [columns.id]: id }, orderBy: { number: "asc" } });
  const appliedAs = new Map(revisions.map((row) => [row[columns.version], row.number]));
  const running = await readRunning(ctx.db, ctx.ports.nowMs());
  const runsIn = placesOf(running, id);
  return {
    id,
    name: document.name,
    currentVersion: document.currentVersion,
    archivedAtMs: document.archivedAtMs,
    body: kind.show(toDocumentVersion(current)),
    versions: versions.map((version) => ({
      number: version.number,
      authorName: version.authorName,
      createdAtMs: version.createdAt.getTime(),
      message: version.message,
      appliedRevision: appliedAs.get(version.number) ?? null,
    })),
    runningVersion: runsIn[0]?.version ?? null,
    runsIn,
    runsEverywhere: versionEverywhere(running, id),
  };
}
