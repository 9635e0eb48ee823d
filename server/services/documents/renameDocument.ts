import { audit } from "../../db/audit.ts";
import { findDocument } from "../../db/documentRows.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { AppError } from "../../errors/appError.ts";
import { isUniqueViolation } from "../../errors/databaseErrors.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { nameTaken } from "./createDocument.ts";
import { renameSchema } from "./documentInput.ts";
import type { DocumentKind } from "./documentKind.ts";

export async function renameDocument<Body>(ctx: ServiceContext, kind: DocumentKind<Body>, untrusted: unknown): Promise<{ id: string; name: string }> {
  const caller = authorise(ctx, "editDocuments");
  const input = parseInput(renameSchema, untrusted);
  try {
    return await ctx.db.$transaction(async (tx) => {
      const document = await findDocument(tx, kind.kind, input.id);
      const renamed = await tx.document.updateMany({ where: { id: input.id, kind: kind.kind }, data: { name: input.name } });
      if (renamed.count === 0 || !document) throw new AppError("NOT_FOUND", `there is no ${kind.noun} with the id ${input.id}`);
      const change = { entityName: input.name, before: { name: document.name }, after: { name: input.name } };
      await audit(tx, { by: caller, action: `${kind.entity}.rename`, entity: kind.entity, entityId: input.id, ...change });
      await notifyChange(tx, kind.entity, input.id);
      return input;
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw await nameTaken(ctx, kind, input.name);
    throw error;
  }
}
