import { findDocument, findVersion } from "../../db/documentRows.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { byVersionSchema } from "./documentInput.ts";
import type { DocumentKind, VersionView } from "./documentKind.ts";

export async function getVersion<Body>(ctx: ServiceContext, kind: DocumentKind<Body>, untrusted: unknown): Promise<VersionView<Body>> {
  authorise(ctx, "look");
  const { id, number } = parseInput(byVersionSchema, untrusted);
  const document = await findDocument(ctx.db, kind.kind, id);
  const version = document && (await findVersion(ctx.db, id, number));
  if (!version) throw new AppError("NOT_FOUND", `there is no version ${number} of that ${kind.noun}`);
  return { number, body: kind.show(version), authorName: version.authorName, createdAtMs: version.createdAtMs, message: version.message };
}
