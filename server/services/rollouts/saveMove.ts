import { reasonInWords } from "#domain/fleet/rollout/reasonInWords.ts";
import { isLive, type RolloutMove, type RolloutStep, runsNew } from "#domain/fleet/rollout/rollout.ts";
import type { RolloutOutcomeFigures } from "#domain/fleet/rollout/rolloutView.ts";
import { type AuditActor, audit } from "../../db/audit.ts";
import type { Transaction } from "../../db/database.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import type { MemberBase, RolloutRow } from "../../db/rolloutRows.ts";
import { toJson } from "../../db/toJson.ts";
import { notify } from "../notify/notify.ts";

export const HEADGATE = { id: null, name: "Headgate" } satisfies AuditActor;

export type MoveToSave = {
  move: RolloutMove;
  by: AuditActor;
  nowMs: number;
  /** Of every collector that it is for, as of now. */
  bases: Record<string, MemberBase>;
  outcome?: RolloutOutcomeFigures | null;
  /** Goes into the log besides, before the steps. */
  started?: { message: string | null };
};

/** Writes where a rollout stands and what happened to it: state, log, audit and what is told to the outside, all or nothing. Lock its row. */
export async function saveMove(tx: Transaction, row: RolloutRow, { move, by, nowMs, bases, outcome, started }: MoveToSave): Promise<void> {
  const { rollout, steps } = move;
  const joined = rollout.members.slice(row.state.members.length).map(({ id }) => id);
  const members = new Set(rollout.members.map(({ id }) => id));
  const ends = row.isLive && !isLive(rollout);
  const log = started ? [{ kind: "started" as const, ...started }, ...steps] : steps;
  await tx.rollout.update({
    where: { number: row.number },
    data: {
      state: toJson(rollout),
      phase: rollout.phase,
      isLive: isLive(rollout),
      events: row.events + log.length,
      ...(joined.length > 0 && { bases: toJson({ ...row.bases, ...Object.fromEntries(joined.map((id) => [id, bases[id]])) }) }),
      ...(ends && { endedAt: new Date(nowMs), others: Object.keys(bases).filter((id) => !members.has(id)) }),
      ...(outcome && { outcome: toJson(outcome) }),
    },
  });
  // A sequence that is there already would mean that a step was taken twice: then nothing is written at all.
  await tx.rolloutEvent.createMany({
    data: log.map((step, index) => ({ rollout: row.number, sequence: row.events + index + 1, at: new Date(nowMs), byName: by.name, step: toJson(step) })),
  });
  if (rollout.phase === "completed") await tx.revision.update({ where: { number: row.toRevision }, data: { isStaged: false } });
  for (const step of steps) await tellOutside(tx, row, step, { nowMs, stage: rollout.stage });
  for (const step of steps) await auditStep(tx, row, step, by);
  await notifyChange(tx, "rollout", String(row.number));
  const changesTargets = ends || runsNew(rollout).length !== runsNew(row.state).length;
  if (changesTargets) await notifyChange(tx, "revision", String(row.toRevision));
}

/** The log names all; an event that names thousands would help nobody. */
const COLLECTORS_AUDITED_MAX = 50;

async function auditStep(tx: Transaction, row: RolloutRow, { kind, ...facts }: RolloutStep, by: AuditActor): Promise<void> {
  if ("collectors" in facts && Array.isArray(facts.collectors)) {
    const count = facts.collectors.length;
    facts = { ...facts, collectors: facts.collectors.slice(0, COLLECTORS_AUDITED_MAX), ...(count > COLLECTORS_AUDITED_MAX && { count }) };
  }
  const detail = { ...(toJson(facts) as { [name: string]: null | string | number | boolean }), groupId: row.groupId };
  const entityName = `${row.documentName} v${row.toVersion}`;
  await audit(tx, { by, action: `rollout.${kind}`, entity: "rollout", entityId: String(row.number), entityName, detail });
}

async function tellOutside(tx: Transaction, row: RolloutRow, step: RolloutStep, { nowMs, stage }: { nowMs: number; stage: number }): Promise<void> {
  const group = await tx.collectorGroup.findUniqueOrThrow({ where: { id: row.groupId }, select: { name: true } });
  const rollout = { id: String(row.number), title: `${row.documentName} v${row.toVersion}`, group: group.name };
  const base = { atMs: nowMs, path: `/rollouts/${row.number}`, rollout };
  if (step.kind === "approvalWanted")
    await notify(tx, { ...base, kind: "rollout.needs_you", stage: step.stage + 1, why: "its next stage waits for an approval" });
  if (step.kind === "paused" && step.reason.kind !== "person")
    await notify(tx, { ...base, kind: "rollout.needs_you", stage: stage + 1, why: reasonInWords(step.reason) });
  if (step.kind === "rollingBack")
    await notify(tx, { ...base, kind: "rollout.rolled_back", stage: stage + 1, why: reasonInWords(step.reason), collectors: step.collectors.length });
  if (step.kind === "completed") await notify(tx, { ...base, kind: "rollout.completed", collectors: row.collectors });
}
