import { audit } from "../../db/audit.ts";
import { type DocumentVersion, findDocument, findVersion } from "../../db/documentRows.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { toJson } from "../../db/toJson.ts";
import { AppError } from "../../errors/appError.ts";
import { isUniqueViolation } from "../../errors/databaseErrors.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { saveVersionSchema, VERSIONS_MAX } from "./documentInput.ts";
import type { DocumentKind, SaveConflict } from "./documentKind.ts";

/** Saves a new immutable version on top of `baseVersion`. When somebody was faster: CONFLICT with what they saved; nothing is overwritten. */
export async function saveVersion<Body>(ctx: ServiceContext, kind: DocumentKind<Body>, untrusted: unknown): Promise<{ version: number }> {
  const caller = authorise(ctx, "editor");
  const input = parseInput(saveVersionSchema, untrusted);
  const current = await currentVersion(ctx, kind, input.id);
  const { body, secrets } = kind.take(input.body, ctx.ports.seal, current);
  if (current.number !== input.baseVersion) throw conflict(kind, current);
  const number = current.number + 1;
  if (number > VERSIONS_MAX) throw new AppError("TOO_MANY", `a ${kind.noun} may have at most ${VERSIONS_MAX} versions; create a new one`);
  try {
    return await ctx.db.$transaction(async (tx) => {
      const moved = await tx.document.updateMany({ where: { id: input.id, currentVersion: input.baseVersion }, data: { currentVersion: number } });
      if (moved.count === 0) throw conflict(kind, await currentVersion(ctx, kind, input.id));
      await tx.documentVersion.create({ data: { documentId: input.id, number, body: toJson(body), secrets, authorName: caller.name, message: input.message } });
      await audit(tx, { by: caller, action: `${kind.entity}.saveVersion`, entity: kind.entity, entityId: input.id, detail: { version: number } });
      await notifyChange(tx, kind.entity, input.id);
      return { version: number };
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw conflict(kind, await currentVersion(ctx, kind, input.id));
    throw error;
  }
}

async function currentVersion<Body>(ctx: ServiceContext, kind: DocumentKind<Body>, id: string): Promise<DocumentVersion> {
  const document = await findDocument(ctx.db, kind.kind, id);
  const version = document && (await findVersion(ctx.db, id, document.currentVersion));
  if (!version) throw new AppError("NOT_FOUND", `there is no ${kind.noun} with the id ${id}`);
  return version;
}

function conflict<Body>(kind: DocumentKind<Body>, current: DocumentVersion): AppError {
  const other: SaveConflict<Body> = {
    currentVersion: current.number,
    authorName: current.authorName,
    createdAtMs: current.createdAtMs,
    body: kind.show(current),
  };
  return new AppError("CONFLICT", `${current.authorName} saved version ${current.number} in the meantime; nothing was overwritten`, { conflict: other });
}
