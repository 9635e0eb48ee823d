import { type SamplingPolicy, samplingPolicySchema } from "#domain/sampling/samplingPolicy.ts";
import type { Transaction } from "./database.ts";
import type { ShadowModel } from "./gen/models.ts";

export type Shadow = {
  id: string;
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
  endsAtMs: number;
  stoppedAtMs: number | null;
};

/** `report` as the collector sent it. */
export type StoredReport = { collectorId: string; report: string; atMs: number };

function toShadow({ startedAt, endsAt, stoppedAt, policy, ...row }: ShadowModel): Shadow {
  return {
    ...row,
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
  return rows.map(({ collectorId, report, at }) => ({ collectorId, report, atMs: at.getTime() }));
}
