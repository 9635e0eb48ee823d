import { configHash } from "#domain/fleet/configHash.ts";
import { audit } from "../../db/audit.ts";
import type { Transaction } from "../../db/database.ts";
import { findDocument, findVersion } from "../../db/documentRows.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { toJson } from "../../db/toJson.ts";
import { AppError } from "../../errors/appError.ts";
import { isUniqueViolation } from "../../errors/databaseErrors.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { byIdSchema, DOCUMENTS_MAX, NAME_MAX } from "./documentInput.ts";
import type { DocumentKind } from "./documentKind.ts";

export type Duplicated = { id: string; name: string; ofVersion: number };

/** A new document whose version 1 is the current version of another, sealed header values included: they go where they went. It is called `… copy`. */
export async function duplicateDocument<Body>(ctx: ServiceContext, kind: DocumentKind<Body>, untrusted: unknown): Promise<Duplicated> {
  const caller = authorise(ctx, "editDocuments");
  const { id } = parseInput(byIdSchema, untrusted);
  try {
    return await ctx.db.$transaction(async (tx) => {
      const document = await findDocument(tx, kind.kind, id);
      const version = document && (await findVersion(tx, id, document.currentVersion));
      if (!version) throw new AppError("NOT_FOUND", `there is no ${kind.noun} with the id ${id}`);
      if ((await tx.document.count({ where: { kind: kind.kind } })) >= DOCUMENTS_MAX)
        throw new AppError("TOO_MANY", `there may be at most ${DOCUMENTS_MAX} of these; rename and reuse one`);
      const name = await freeName(tx, kind.kind, document.name);
      const message = `Copy of ${document.name} v${version.number}`;
      const first = { number: 1, body: toJson(version.body), secrets: version.secrets, authorName: caller.name, message };
      const copy = await tx.document.create({ data: { kind: kind.kind, name, versions: { create: first } } });
      const after = { name, version: 1, sha256: configHash(version.body) };
      const detail = { of: document.name, ofId: id, version: version.number };
      await audit(tx, { by: caller, action: `${kind.entity}.duplicate`, entity: kind.entity, entityId: copy.id, entityName: name, after, detail });
      await notifyChange(tx, kind.entity, copy.id);
      return { id: copy.id, name, ofVersion: version.number };
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw new AppError("CONFLICT", "somebody took the copy's name at the same moment; try again");
    throw error;
  }
}

/** `checkout copy`, `checkout copy 2`, …; archived documents keep their names. */
async function freeName(tx: Transaction, kind: string, of: string): Promise<string> {
  const rows = await tx.document.findMany({ where: { kind }, select: { name: true } });
  const taken = new Set(rows.map(({ name }) => name));
  for (let number = 1; ; number++) {
    const end = number === 1 ? " copy" : ` copy ${number}`;
    const name = of.slice(0, NAME_MAX - end.length) + end;
    if (!taken.has(name)) return name;
  }
}
