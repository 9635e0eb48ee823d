import type { z } from "zod";
import { type GateResult, isGoingBack, type Rollout, runsNew } from "#domain/fleet/rollout/rollout.ts";
import { gateResultSchema, rolloutStateSchema } from "#domain/fleet/rollout/rolloutState.ts";
import type { KeptShareForecast, RolloutChange, RolloutOutcomeFigures } from "#domain/fleet/rollout/rolloutView.ts";
import type { Transaction } from "./database.ts";
import type { RolloutModel } from "./gen/models.ts";

/** What a gate said last, and since when it says so. */
export type KeptResult = GateResult & { sinceMs: number };
/** Starts and lost streams of a collector's process in all. */
export type MemberBase = { starts: number; streamsLost: number };

/** A rollout as it is kept. */
export type RolloutRow = {
  number: number;
  groupId: string;
  isLive: boolean;
  state: Rollout;
  kind: RolloutChange["kind"];
  documentId: string;
  documentName: string;
  fromVersion: number | null;
  toVersion: number;
  fromRevision: number;
  toRevision: number;
  sentences: string[];
  forecast: KeptShareForecast | null;
  overrideReason: string | null;
  message: string | null;
  authorName: string;
  approverName: string | null;
  results: KeptResult[];
  bases: Record<string, MemberBase>;
  collectors: number;
  outcome: RolloutOutcomeFigures | null;
  events: number;
  startedAtMs: number;
  endedAtMs: number | null;
  watchedSinceMs: number;
  tickedAtMs: number;
};

/** What a list shows of one: its members are counted, since they can be thousands. */
export type RolloutHeadRow = Pick<
  RolloutRow,
  | ("number" | "groupId" | "kind" | "documentId" | "documentName" | "fromVersion" | "toVersion" | "fromRevision" | "toRevision")
  | ("message" | "authorName" | "approverName" | "collectors" | "startedAtMs" | "endedAtMs")
> & { state: Omit<Rollout, "members">; joined: ReadonlyMap<number, number> };

const KINDS = ["policy", "destination", "pipeline"] as const;

/** Null of one that another version wrote in a way that this one can't read. */
export function toRolloutRow(row: Omit<RolloutModel, "others">): RolloutRow | null {
  const state = rolloutStateSchema.safeParse(row.state);
  const kind = KINDS.find((one) => one === row.kind);
  if (!state.success || !kind) return null;
  const { number, groupId, isLive, documentId, documentName, fromVersion, toVersion, fromRevision, toRevision } = row;
  const { overrideReason, message, authorName, approverName, collectors, events } = row;
  return {
    ...{ number, groupId, isLive, kind, documentId, documentName, fromVersion, toVersion, fromRevision, toRevision },
    ...{ overrideReason, message, authorName, approverName, collectors, events },
    state: state.data,
    sentences: Array.isArray(row.sentences) ? row.sentences.map(String) : [],
    forecast: row.forecast as KeptShareForecast | null,
    results: toResults(row.results),
    bases: Object(row.bases) as Record<string, MemberBase>,
    outcome: row.outcome as RolloutOutcomeFigures | null,
    startedAtMs: row.startedAt.getTime(),
    endedAtMs: row.endedAt?.getTime() ?? null,
    watchedSinceMs: row.watchedSince.getTime(),
    tickedAtMs: row.tickedAt.getTime(),
  };
}

function toResults(json: unknown): KeptResult[] {
  if (!Array.isArray(json)) return [];
  return json.flatMap((one: z.input<typeof gateResultSchema> & { sinceMs?: unknown }) => {
    const { sinceMs, ...rest } = Object(one);
    const parsed = gateResultSchema.safeParse(rest);
    return parsed.success && typeof sinceMs === "number" ? [{ ...parsed.data, sinceMs }] : [];
  });
}

/** Newest first, with the names of their groups; those that another version wrote in a way that this one can't read are counted and left out. */
export async function readRolloutHeads(
  tx: Transaction,
  where: { isLive: boolean; groupId?: string; before?: number; phase?: string },
  take?: number,
): Promise<{ heads: { row: RolloutHeadRow; groupName: string }[]; count: number }> {
  const { before, ...exactly } = where;
  const rows = await tx.rollout.findMany({
    where: { ...exactly, number: { lt: before } },
    orderBy: { number: "desc" },
    ...(take !== undefined && { take }),
    omit: { state: true, bases: true, results: true, others: true, outcome: true, sentences: true, forecast: true },
    include: { group: { select: { name: true } } },
  });
  const states = await tx.$queryRaw<{ number: number; state: object; joined: Record<string, number> | null }[]>`
    SELECT "number", "state" - 'members' AS "state", (
      SELECT jsonb_object_agg("stage", "count") FROM (
        SELECT "member"->>'stage' AS "stage", count(*)::int AS "count" FROM jsonb_array_elements("state"->'members') AS "member" GROUP BY 1
      ) AS "counted") AS "joined"
    FROM "Rollout" WHERE "number" = ANY(${rows.map(({ number }) => number)})`;
  const stateOf = new Map(states.map((one) => [one.number, one]));
  const heads = rows.flatMap(({ group, startedAt, endedAt, ...row }) => {
    const found = stateOf.get(row.number);
    const state = rolloutStateSchema.safeParse({ ...found?.state, members: [] });
    const kind = KINDS.find((one) => one === row.kind);
    if (!state.success || !kind) return [];
    const joined = new Map(Object.entries(found?.joined ?? {}).map(([stage, count]) => [Number(stage), count]));
    const times = { startedAtMs: startedAt.getTime(), endedAtMs: endedAt?.getTime() ?? null };
    return [{ row: { ...row, ...times, kind, state: state.data, joined }, groupName: group.name }];
  });
  return { heads, count: rows.length };
}

export async function findRollout(tx: Transaction, number: number): Promise<RolloutRow | null> {
  const row = await tx.rollout.findUnique({ where: { number }, omit: { others: true } });
  return row && toRolloutRow(row);
}

/** Of one that has ended: the collectors that it was for and had not changed. */
export async function readRolloutOthers(tx: Transaction, number: number): Promise<string[]> {
  const row = await tx.rollout.findUnique({ where: { number }, select: { others: true } });
  return row?.others ?? [];
}

/** Until the transaction ends nobody else moves it on. Null when there is none. */
export async function lockRollout(tx: Transaction, number: number): Promise<RolloutRow | null> {
  const found = await tx.$queryRaw<unknown[]>`SELECT 1 FROM "Rollout" WHERE "number" = ${number} FOR UPDATE`;
  return found.length === 0 ? null : findRollout(tx, number);
}

/** Oldest first. */
export async function readLiveRollouts(tx: Transaction): Promise<RolloutRow[]> {
  const rows = await tx.rollout.findMany({ where: { isLive: true }, orderBy: { number: "asc" } });
  return rows.flatMap((row) => toRolloutRow(row) ?? []);
}

/** What targets follow from: of each group with a live rollout, who is to run which revision. */
export type StagedRevision = { number: number; groupId: string; toRevision: number; members: ReadonlyMap<string, number>; goesBack: boolean };

export async function readStaged(tx: Transaction): Promise<Map<string, StagedRevision>> {
  const live = await readLiveRollouts(tx);
  return new Map(
    live.map(({ number, groupId, toRevision, state }) => {
      const changed = new Set(runsNew(state));
      const members = new Map(state.members.filter(({ id }) => changed.has(id)).map(({ id, stage }) => [id, stage]));
      return [groupId, { number, groupId, toRevision, members, goesBack: isGoingBack(state) }];
    }),
  );
}
