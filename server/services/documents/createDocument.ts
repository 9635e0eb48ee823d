import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { toJson } from "../../db/toJson.ts";
import { AppError } from "../../errors/appError.ts";
import { isUniqueViolation } from "../../errors/databaseErrors.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { createSchema, DOCUMENTS_MAX } from "./documentInput.ts";
import type { DocumentKind } from "./documentKind.ts";

/** A new document with its version 1. A name that is taken is INVALID at `name`. */
export async function createDocument<Body>(ctx: ServiceContext, kind: DocumentKind<Body>, untrusted: unknown): Promise<{ id: string; version: 1 }> {
  const caller = authorise(ctx, "editor");
  const input = parseInput(createSchema, untrusted);
  const { body, secrets } = kind.take(input.body, ctx.ports.seal, null);
  try {
    return await ctx.db.$transaction(async (tx) => {
      if ((await tx.document.count({ where: { kind: kind.kind } })) >= DOCUMENTS_MAX)
        throw new AppError("TOO_MANY", `there may be at most ${DOCUMENTS_MAX} of these; rename and reuse one`);
      const version = { number: 1, body: toJson(body), secrets, authorName: caller.name, message: input.message };
      const { id } = await tx.document.create({ data: { kind: kind.kind, name: input.name, versions: { create: version } } });
      await audit(tx, { by: caller, action: `${kind.entity}.create`, entity: kind.entity, entityId: id, detail: { name: input.name } });
      await notifyChange(tx, kind.entity, id);
      return { id, version: 1 };
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken(kind.noun, input.name);
    throw error;
  }
}

export function nameTaken(noun: string, name: string): AppError {
  const problem = { path: "name", message: `there is already a ${noun} named ${JSON.stringify(name)}` };
  return new AppError("INVALID", `${problem.path}: ${problem.message}`, { problems: [problem] });
}
