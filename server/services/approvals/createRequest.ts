import { REQUEST_DAYS, REQUESTS_PENDING_MAX, REQUESTS_PENDING_PER_PERSON_MAX } from "#domain/approval/changeRequest.ts";
import { canonicalJson } from "#domain/fleet/configHash.ts";
import { audit } from "../../db/audit.ts";
import { readPending } from "../../db/changeRequests.ts";
import type { Transaction } from "../../db/database.ts";
import type { Group } from "../../db/groupRows.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { toJson } from "../../db/toJson.ts";
import { AppError } from "../../errors/appError.ts";
import type { Caller } from "../authorise.ts";
import { notify } from "../notify/notify.ts";
import { closeEnded } from "./closeEnded.ts";

const SENTENCES_MAX = 200;
const SENTENCE_CHARACTERS_MAX = 500;

export type NewRequest = {
  kind: "apply" | "revert" | "override" | "rollout" | "setting";
  group: Group | null;
  baseRevision: number | null;
  change: unknown;
  sentences: string[];
  title: string;
  message: string | null;
};

/** Keeps what somebody asks for until another person decides. Hold the lock of revisions. */
export async function createRequest(tx: Transaction, caller: Caller, nowMs: number, asked: NewRequest): Promise<{ id: string }> {
  if (caller.id === null) throw new AppError("FORBIDDEN", "only a person asks for approval, or a token of theirs");
  await closeEnded(tx, nowMs);
  const pending = await readPending(tx, nowMs);
  const same = pending.find(({ groupId, change }) => groupId === (asked.group?.id ?? null) && canonicalJson(change) === canonicalJson(asked.change));
  if (same) throw new AppError("CONFLICT", `${same.askedByName} has asked for exactly this already: /approvals/${same.id}`);
  if (pending.length >= REQUESTS_PENDING_MAX)
    throw new AppError("TOO_MANY", `${REQUESTS_PENDING_MAX} requests wait for approval already; have some of them decided first`);
  if (pending.filter(({ askedById }) => askedById === caller.id).length >= REQUESTS_PENDING_PER_PERSON_MAX)
    throw new AppError("TOO_MANY", `${REQUESTS_PENDING_PER_PERSON_MAX} requests of yours wait already; withdraw one, or have some decided first`);
  const { kind, group, baseRevision, change, title, message } = asked;
  const sentences = shortened(asked.sentences);
  const expiresAt = new Date(nowMs + REQUEST_DAYS * 86_400_000);
  const who = { askedById: caller.id, askedByName: caller.name, askedAt: new Date(nowMs), expiresAt };
  const data = { kind, groupId: group?.id ?? null, baseRevision, change: toJson(change), sentences, title, message, ...who };
  const { id } = await tx.changeRequest.create({ data });
  const detail = { ...(group && { group: group.name }), ...(message !== null && { message }), changes: sentences.slice(0, 50) };
  await audit(tx, { by: caller, action: "approval.ask", entity: "approval", entityId: id, entityName: title, after: { state: "pending" }, detail });
  await notifyChange(tx, "approval", id);
  await notify(tx, { kind: "approval.requested", atMs: nowMs, path: `/approvals/${id}`, id, title, group: group?.name ?? null, by: caller.name, message });
  return { id };
}

function shortened(sentences: string[]): string[] {
  const some = sentences
    .slice(0, SENTENCES_MAX)
    .map((sentence) => (sentence.length > SENTENCE_CHARACTERS_MAX ? `${sentence.slice(0, SENTENCE_CHARACTERS_MAX)}…` : sentence));
  const more = sentences.length - some.length;
  return more > 0 ? [...some, `and ${more} more changes: compare the versions`] : some;
}
