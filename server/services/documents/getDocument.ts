import { findDocument, newestRevision, toDocumentVersion } from "../../db/documentRows.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import type { DocumentKind, DocumentView } from "./documentKind.ts";
import { runningVersionOf } from "./runningVersionOf.ts";

const VERSIONS_SHOWN = 200;

/** A document with its current body and its versions, newest first. */
export async function getDocument<Body>(ctx: ServiceContext, kind: DocumentKind<Body>, id: string): Promise<DocumentView<Body>> {
  authorise(ctx, "viewer");
  const document = await findDocument(ctx.db, kind.kind, id);
  if (!document) throw new AppError("NOT_FOUND", `there is no ${kind.noun} with the id ${id}`);
  const rows = await ctx.db.documentVersion.findMany({ where: { documentId: id }, orderBy: { number: "desc" }, take: VERSIONS_SHOWN });
  const revisions = await ctx.db.revision.findMany({ where: kind.kind === "sampling" ? { policyId: id } : { destinationId: id }, orderBy: { number: "asc" } });
  const appliedAs = new Map(revisions.map((row) => [kind.kind === "sampling" ? row.policyVersion : row.destinationVersion, row.number]));
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
    runningVersion: runningVersionOf(await newestRevision(ctx.db), id),
  };
}
