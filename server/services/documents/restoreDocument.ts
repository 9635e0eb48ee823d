import { audit } from "../../db/audit.ts";
import { findDocument } from "../../db/documentRows.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { byIdSchema } from "./documentInput.ts";
import type { DocumentKind } from "./documentKind.ts";

/** Brings an archived document back, as it was. One that is not archived stays as it is. */
export async function restoreDocument<Body>(ctx: ServiceContext, kind: DocumentKind<Body>, untrusted: unknown): Promise<{ id: string }> {
  const caller = authorise(ctx, "editDocuments");
  const { id } = parseInput(byIdSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    const document = await findDocument(tx, kind.kind, id);
    if (!document) throw new AppError("NOT_FOUND", `there is no ${kind.noun} with the id ${id}`);
    const moved = await tx.document.updateMany({ where: { id, archivedAt: { not: null } }, data: { archivedAt: null } });
    if (moved.count === 0) return { id };
    const change = { entityName: document.name, before: { archived: true }, after: { archived: false } };
    await audit(tx, { by: caller, action: `${kind.entity}.restore`, entity: kind.entity, entityId: id, ...change });
    await notifyChange(tx, kind.entity, id);
    return { id };
  });
}
