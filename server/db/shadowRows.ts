import type { ShadowKind } from "#domain/sampling/compare/shadowReport.ts";
import { type SamplingPolicy, samplingPolicySchema } from "#domain/sampling/samplingPolicy.ts";
import type { Transaction } from "./database.ts";
import type { ShadowModel } from "./gen/models.ts";

export type Shadow = {
  id: string;
  kind: ShadowKind;
  /** Of a replay: how far it reaches back from its beginning. */
  backMs: number | null;
  title: string;
  policy: SamplingPolicy;
  /** Null of a policy that was never saved. */
  policyId: string | null;
  /** Null of a draft. */
  policyVersion: number | null;
  /** Null where single collectors were chosen. */
  groupId: string | null;
  collectorIds: string[];
  startedBy: string;
  startedAtMs: number;
  /** Of a replay: when it is given up, and once it is over when that was. */
  endsAtMs: number;
  stoppedAtMs: number | null;
};

/** `report` as the collector sent it. `done`: of a replay, it was its last. */
export type StoredReport = { collectorId: string; report: string; atMs: number; done: boolean };

function toShadow({ startedAt, endsAt, stoppedAt, policy, kind, ...row }: ShadowModel): Shadow {
  return {
    ...row,
    kind: kind === "replay" ? "replay" : "live",
    policy: samplingPolicySchema.parse(policy),
    startedAtMs: startedAt.getTime(),
    endsAtMs: endsAt.getTime(),
    stoppedAtMs: stoppedAt?.getTime() ?? null,
  };
}

/** Those that run now, the oldest first. */
export async function readRunningShadows(tx: Transaction, nowMs: number): Promise<Shadow[]> {
  const rows = await tx.shadow.findMany({ where: { stoppedAt: null, endsAt: { gt: new Date(nowMs) } }, orderBy: { startedAt: "asc" } });
  return rows.map(toShadow);
}

/** The newest first. */
export async function readShadows(tx: Transaction, most: number): Promise<Shadow[]> {
  return (await tx.shadow.findMany({ orderBy: { startedAt: "desc" }, take: most })).map(toShadow);
}

export async function findShadow(tx: Transaction, id: string): Promise<Shadow | null> {
  const row = await tx.shadow.findUnique({ where: { id } });
  return row && toShadow(row);
}

export async function readShadowReports(tx: Transaction, shadowId: string): Promise<StoredReport[]> {
  const rows = await tx.shadowReport.findMany({ where: { shadowId } });
  return rows.map(({ collectorId, report, at, done }) => ({ collectorId, report, atMs: at.getTime(), done }));
}

/** Which collectors have said their last word of these replays, by replay. */
export async function readDone(tx: Transaction, shadowIds: readonly string[]): Promise<Map<string, Set<string>>> {
  const rows =
    shadowIds.length === 0 ? [] : await tx.shadowReport.findMany({ where: { shadowId: { in: [...shadowIds] }, done: true }, omit: { report: true } });
  const done = new Map(shadowIds.map((id) => [id, new Set<string>()]));
  for (const { shadowId, collectorId } of rows) done.get(shadowId)?.add(collectorId);
  return done;
}
