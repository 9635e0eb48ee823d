import { findDocument, newestRevision, REVISION_COLUMNS, toDocumentVersion, versionIn } from "../../db/documentRows.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { byIdSchema } from "./documentInput.ts";
import type { DocumentKind, DocumentView } from "./documentKind.ts";

const VERSIONS_SHOWN = 200;

/** A document with its current body and its versions, newest first. */
export async function getDocument<Body>(ctx: ServiceContext, kind: DocumentKind<Body>, untrusted: unknown): Promise<DocumentView<Body>> {
  authorise(ctx, "viewer");
  const { id } = parseInput(byIdSchema, untrusted);
  const document = await findDocument(ctx.db, kind.kind, id);
  if (!document) throw new AppError("NOT_FOUND", `there is no ${kind.noun} with the id ${id}`);
  const rows = await ctx.db.documentVersion.findMany({ where: { documentId: id }, orderBy: { number: "desc" }, take: VERSIONS_SHOWN });
  const columns = REVISION_COLUMNS[kind.kind];
  const revisions = await ctx.db.revision.findMany({ where: { [columns.id]: id }, orderBy: { number: "asc" } });
  const appliedAs = new Map(revisions.map((row) => [row[columns.version], row.number]));
  const versions = rows.map(toDocumentVersion);
  return {
    id,
    name: document.name,
    currentVersion: document.currentVersion,
    body: kind.show(versions[0]),
    versions: versions.map((version) => ({
      number: version.number,
      authorName: version.authorName,
      createdAtMs: version.createdAtMs,
      message: version.message,
      appliedRevision: appliedAs.get(version.number) ?? null,
    })),
    runningVersion: versionIn(await newestRevision(ctx.db), id),
  };
}
