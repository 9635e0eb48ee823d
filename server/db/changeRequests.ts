import { REQUEST_STATES, type RequestState, requestState } from "#domain/approval/changeRequest.ts";
import type { Transaction } from "./database.ts";
import type { ChangeRequestModel } from "./gen/models.ts";
import { groupRevision } from "./groupRows.ts";

export type ChangeRequest = {
  id: string;
  kind: string;
  /** Where it stands now, whether or not that is written down yet. */
  state: RequestState;
  groupId: string | null;
  baseRevision: number | null;
  change: unknown;
  sentences: string[];
  title: string;
  message: string | null;
  askedById: string;
  askedByName: string;
  askedAtMs: number;
  expiresAtMs: number;
  decidedByName: string | null;
  decidedAtMs: number | null;
  reason: string | null;
  revision: number | null;
};

export async function findRequest(tx: Transaction, id: string, nowMs: number): Promise<ChangeRequest | null> {
  const row = await tx.changeRequest.findUnique({ where: { id } });
  return row && (await toRequests(tx, [row], nowMs))[0];
}

/** Those that wait, or that did until their time was over, oldest first. */
export async function readPending(tx: Transaction, nowMs: number): Promise<ChangeRequest[]> {
  return toRequests(tx, await tx.changeRequest.findMany({ where: { state: "pending" }, orderBy: { askedAt: "asc" } }), nowMs);
}

export async function readClosed(tx: Transaction, max: number, nowMs: number): Promise<ChangeRequest[]> {
  return toRequests(tx, await tx.changeRequest.findMany({ where: { state: { not: "pending" } }, orderBy: { decidedAt: "desc" }, take: max }), nowMs);
}

async function toRequests(tx: Transaction, rows: readonly ChangeRequestModel[], nowMs: number): Promise<ChangeRequest[]> {
  const current = new Map<string, number | null>();
  for (const { groupId, state } of rows)
    if (groupId !== null && state === "pending" && !current.has(groupId)) current.set(groupId, (await groupRevision(tx, groupId))?.number ?? null);
  return rows.map((row) => {
    const { id, kind, groupId, baseRevision, change, title, message, askedById, askedByName, decidedByName, reason, revision } = row;
    const stored = REQUEST_STATES.find((one) => one === row.state) ?? "expired";
    const expiresAtMs = row.expiresAt.getTime();
    return {
      ...{ id, kind, groupId, baseRevision, change, title, message, askedById, askedByName, decidedByName, reason, revision, expiresAtMs },
      state: requestState({ state: stored, baseRevision, expiresAtMs }, groupId === null ? null : (current.get(groupId) ?? null), nowMs),
      sentences: Array.isArray(row.sentences) ? row.sentences.map(String) : [],
      askedAtMs: row.askedAt.getTime(),
      decidedAtMs: row.decidedAt?.getTime() ?? null,
    };
  });
}
