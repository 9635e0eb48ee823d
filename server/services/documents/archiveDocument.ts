import { audit } from "../../db/audit.ts";
import type { Transaction } from "../../db/database.ts";
import { findDocument, REVISION_COLUMNS } from "../../db/documentRows.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { readLiveRollouts } from "../../db/rolloutRows.ts";
import { placeInWords, placesOf, readRunning } from "../../db/runningPlaces.ts";
import { AppError } from "../../errors/appError.ts";
import { lockRevisions } from "../apply/lockRevisions.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { byIdSchema } from "./documentInput.ts";
import type { DocumentKind } from "./documentKind.ts";

const COLLECTORS_NAMED = 3;
const PLACES_NAMED = 3;

/** Takes a document out of the lists; nothing of it is lost. CONFLICT while what runs names it, with where that is. */
export async function archiveDocument<Body>(ctx: ServiceContext, kind: DocumentKind<Body>, untrusted: unknown): Promise<{ id: string }> {
  const caller = authorise(ctx, "editDocuments");
  const { id } = parseInput(byIdSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    // Nobody applies it meanwhile.
    await lockRevisions(tx);
    const document = await findDocument(tx, kind.kind, id);
    if (!document) throw new AppError("NOT_FOUND", `there is no ${kind.noun} with the id ${id}`);
    const where = await whereItRuns(tx, kind, id, ctx.ports.nowMs());
    if (where !== null) throw new AppError("CONFLICT", `${document.name} can't be archived: ${where}. Apply another ${kind.noun} first`);
    const moved = await tx.document.updateMany({ where: { id, archivedAt: null }, data: { archivedAt: new Date(ctx.ports.nowMs()) } });
    if (moved.count === 0) return { id };
    const change = { entityName: document.name, before: { archived: false }, after: { archived: true } };
    await audit(tx, { by: caller, action: `${kind.entity}.archive`, entity: kind.entity, entityId: id, ...change });
    await notifyChange(tx, kind.entity, id);
    return { id };
  });
}

/** In a group's newest revision or an override, in a live rollout, or on collectors that still run an older one; null when nowhere. */
async function whereItRuns<Body>(tx: Transaction, { kind }: DocumentKind<Body>, id: string, nowMs: number): Promise<string | null> {
  const columns = REVISION_COLUMNS[kind];
  const places = placesOf(await readRunning(tx, nowMs), id);
  if (places.length > 0) {
    const more = places.length - PLACES_NAMED;
    return `${places.slice(0, PLACES_NAMED).map(placeInWords).join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
  }
  const rollout = (await readLiveRollouts(tx)).find(({ documentId }) => documentId === id);
  if (rollout) return `rollout ${rollout.number} is bringing v${rollout.toVersion} of it to collectors`;
  const revisions = await tx.revision.findMany({ where: { [columns.id]: id }, select: { number: true } });
  const running = { runningRevision: { in: revisions.map(({ number }) => number) }, credentialRevokedAt: null };
  const collectors = await tx.collector.findMany({ where: running, orderBy: { name: "asc" }, take: COLLECTORS_NAMED });
  if (collectors.length === 0) return null;
  const more = (await tx.collector.count({ where: running })) - collectors.length;
  const names = collectors.map(({ name, runningRevision }) => `${name} (revision ${runningRevision})`).join(", ");
  return `collectors still run it: ${names}${more > 0 ? ` and ${more} more` : ""}`;
}
