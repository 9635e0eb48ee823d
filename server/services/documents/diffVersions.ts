import { z } from "zod";
import { findDocument, findVersion } from "../../db/documentRows.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { idSchema, versionNumberSchema } from "./documentInput.ts";
import type { DocumentKind } from "./documentKind.ts";

const diffSchema = z.strictObject({ id: idSchema, from: versionNumberSchema, to: versionNumberSchema });

/** What changes from one version of a document to another, a sentence each; none where both say the same. */
export async function diffVersions<Body>(ctx: ServiceContext, kind: DocumentKind<Body>, untrusted: unknown): Promise<{ sentences: string[] }> {
  authorise(ctx, "look");
  const { id, from, to } = parseInput(diffSchema, untrusted);
  const document = await findDocument(ctx.db, kind.kind, id);
  if (!document) throw new AppError("NOT_FOUND", `there is no ${kind.noun} with the id ${id}`);
  const [before, after] = await Promise.all([findVersion(ctx.db, id, from), findVersion(ctx.db, id, to)]);
  if (!before || !after) throw new AppError("NOT_FOUND", `${document.name} has no version ${before ? to : from}; its newest is ${document.currentVersion}`);
  return { sentences: kind.describe(kind.show(before), kind.show(after)) };
}
