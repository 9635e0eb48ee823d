import { configHash } from "#domain/fleet/configHash.ts";
import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { toJson } from "../../db/toJson.ts";
import { AppError } from "../../errors/appError.ts";
import { isUniqueViolation } from "../../errors/databaseErrors.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { endDraft } from "../drafts/endDraft.ts";
import { parseInput } from "../parseInput.ts";
import { createSchema, DOCUMENTS_MAX } from "./documentInput.ts";
import type { DocumentKind } from "./documentKind.ts";

/** A new document with its version 1. A name that is taken is INVALID at `name`. */
export async function createDocument<Body>(ctx: ServiceContext, kind: DocumentKind<Body>, untrusted: unknown): Promise<{ id: string; version: 1 }> {
  const caller = authorise(ctx, "editDocuments");
  const input = parseInput(createSchema, untrusted);
  const { body, secrets } = kind.take(input.body, ctx.ports.seal, null);
  try {
    return await ctx.db.$transaction(async (tx) => {
      if ((await tx.document.count({ where: { kind: kind.kind } })) >= DOCUMENTS_MAX)
        throw new AppError("TOO_MANY", `there may be at most ${DOCUMENTS_MAX} of these; rename and reuse one`);
      const version = { number: 1, body: toJson(body), secrets, authorName: caller.name, message: input.message };
      const after = { name: input.name, version: 1, sha256: configHash(body), ...(input.message !== null && { message: input.message }) };
      const { id } = await tx.document.create({ data: { kind: kind.kind, name: input.name, versions: { create: version } } });
      await audit(tx, { by: caller, action: `${kind.entity}.create`, entity: kind.entity, entityId: id, entityName: input.name, after });
      if (input.draftKey !== undefined) await endDraft(tx, caller, kind.kind, input.draftKey);
      await notifyChange(tx, kind.entity, id);
      return { id, version: 1 };
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw await nameTaken(ctx, kind, input.name);
    throw error;
  }
}

/** `name` belongs to another document of the kind, which may be an archived one. */
export async function nameTaken<Body>(ctx: ServiceContext, { kind, noun }: DocumentKind<Body>, name: string): Promise<AppError> {
  const other = await ctx.db.document.findUnique({ where: { kind_name: { kind, name } }, select: { archivedAt: true } });
  const where = other?.archivedAt ? " among the archived ones; rename that one first, or restore it" : "";
  const problem = { path: "name", message: `there is already a ${noun} named ${JSON.stringify(name)}${where}` };
  return new AppError("INVALID", `${problem.path}: ${problem.message}`, { problems: [problem] });
}
