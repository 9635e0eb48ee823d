import { z } from "zod";
import { findDocument, REVISION_COLUMNS, toDocumentVersion } from "../../db/documentRows.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { idSchema, versionNumberSchema } from "./documentInput.ts";
import type { DocumentKind, VersionListItem } from "./documentKind.ts";

/** One more than a page, so that whoever pages sees whether there is another. */
const VERSIONS_LISTED_MAX = 201;

/** `before`: only versions with a lower number. */
const listVersionsSchema = z.strictObject({ id: idSchema, before: versionNumberSchema.optional(), limit: z.int().min(1).max(VERSIONS_LISTED_MAX) });

/** The versions of a document without their bodies, newest first. */
export async function listVersions<Body>(ctx: ServiceContext, kind: DocumentKind<Body>, untrusted: unknown): Promise<VersionListItem[]> {
  authorise(ctx, "look");
  const { id, before, limit } = parseInput(listVersionsSchema, untrusted);
  if (!(await findDocument(ctx.db, kind.kind, id))) throw new AppError("NOT_FOUND", `there is no ${kind.noun} with the id ${id}`);
  const rows = await ctx.db.documentVersion.findMany({
    where: { documentId: id, ...(before !== undefined && { number: { lt: before } }) },
    orderBy: { number: "desc" },
    take: limit,
  });
  const columns = REVISION_COLUMNS[kind.kind];
  const revisions = await ctx.db.revision.findMany({
    where: { [columns.id]: id, [columns.version]: { in: rows.map(({ number }) => number) } },
    orderBy: { number: "asc" },
  });
  const appliedAs = new Map(revisions.map((row) => [row[columns.version], row.number]));
  return rows.map(toDocumentVersion).map(({ number, authorName, createdAtMs, message }) => ({
    number,
    authorName,
    createdAtMs,
    message,
    appliedRevision: appliedAs.get(number) ?? null,
  }));
}
