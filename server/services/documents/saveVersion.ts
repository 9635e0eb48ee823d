import { configHash } from "#domain/fleet/configHash.ts";
import { audit } from "../../db/audit.ts";
import { type DocumentVersion, findDocument, findVersion } from "../../db/documentRows.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { toJson } from "../../db/toJson.ts";
import { AppError } from "../../errors/appError.ts";
import { isUniqueViolation } from "../../errors/databaseErrors.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { endDraft } from "../drafts/endDraft.ts";
import { parseInput } from "../parseInput.ts";
import { saveVersionSchema, VERSIONS_MAX } from "./documentInput.ts";
import type { DocumentKind, SaveConflict, SealedSecrets, StoredBody } from "./documentKind.ts";
import { refuseArchived } from "./refuseArchived.ts";

/** How many sentences about a change the audit keeps; the versions themselves say the rest. */
const SENTENCES_MAX = 50;

/**
 * Saves a new immutable version on top of `baseVersion`. When somebody was faster: CONFLICT with what they saved; nothing is overwritten. The same save sent
 * again, because its answer was lost, gives the version that it made.
 */
export async function saveVersion<Body>(ctx: ServiceContext, kind: DocumentKind<Body>, untrusted: unknown): Promise<{ version: number }> {
  const caller = authorise(ctx, "editDocuments");
  const input = parseInput(saveVersionSchema, untrusted);
  const { name, ...current } = await currentVersion(ctx, kind, input.id);
  const { body, secrets } = taken(kind, input, ctx, current);
  if (isThisSave(current, { ...input, authorName: caller.name, body, secrets })) return { version: current.number };
  if (current.number !== input.baseVersion) throw conflict(kind, current);
  const number = current.number + 1;
  const changes = changesInWords(kind, current, { body, secrets });
  if (number > VERSIONS_MAX) throw new AppError("TOO_MANY", `a ${kind.noun} may have at most ${VERSIONS_MAX} versions; create a new one`);
  try {
    return await ctx.db.$transaction(async (tx) => {
      const moved = await tx.document.updateMany({
        where: { id: input.id, currentVersion: input.baseVersion, archivedAt: null },
        data: { currentVersion: number },
      });
      if (moved.count === 0) throw conflict(kind, await currentVersion(ctx, kind, input.id));
      await tx.documentVersion.create({ data: { documentId: input.id, number, body: toJson(body), secrets, authorName: caller.name, message: input.message } });
      await audit(tx, {
        by: caller,
        action: `${kind.entity}.saveVersion`,
        entity: kind.entity,
        entityId: input.id,
        entityName: name,
        before: { version: current.number, sha256: configHash(current.body) },
        after: { version: number, sha256: configHash(body), ...(input.message !== null && { message: input.message }) },
        detail: { changes },
      });
      await endDraft(tx, caller, kind.kind, input.id);
      await notifyChange(tx, kind.entity, input.id);
      return { version: number };
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw conflict(kind, await currentVersion(ctx, kind, input.id));
    throw error;
  }
}

/** What does not go with the newest version may well have gone with the one that was edited: then it is a conflict, which is asked about. */
function taken<Body>(kind: DocumentKind<Body>, input: { body: unknown; baseVersion: number }, ctx: ServiceContext, current: DocumentVersion) {
  try {
    return kind.take(input.body, ctx.ports.seal, current);
  } catch (error) {
    throw current.number === input.baseVersion ? error : conflict(kind, current);
  }
}

/** None where the version before is one that can no longer be read: that must not keep anybody from saving one that can. */
function changesInWords<Body>(kind: DocumentKind<Body>, before: StoredBody, after: StoredBody): string[] {
  try {
    return kind.describe(kind.show(before), kind.show(after)).slice(0, SENTENCES_MAX);
  } catch {
    return [];
  }
}

async function currentVersion<Body>(ctx: ServiceContext, kind: DocumentKind<Body>, id: string): Promise<DocumentVersion & { name: string }> {
  const document = await findDocument(ctx.db, kind.kind, id);
  const version = document && (await findVersion(ctx.db, id, document.currentVersion));
  if (!version) throw new AppError("NOT_FOUND", `there is no ${kind.noun} with the id ${id}`);
  refuseArchived(document);
  return { ...version, name: document.name };
}

/** Header values that were typed again are sealed anew and so never equal: then it is a conflict, which asks. */
function isThisSave(
  current: DocumentVersion,
  save: { baseVersion: number; authorName: string; message: string | null; body: unknown; secrets: SealedSecrets },
): boolean {
  return (
    current.number === save.baseVersion + 1 &&
    current.authorName === save.authorName &&
    current.message === save.message &&
    configHash([current.body, current.secrets]) === configHash([save.body, save.secrets])
  );
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
