import type { Drift, DriftCause, NamedVersion } from "#domain/fleet/drift.ts";
import { matchesSelector } from "#domain/fleet/selector.ts";
import type { CollectorRow } from "#domain/telemetry/live.ts";
import { REVISION_COLUMNS, type Revision, toRevision } from "../../db/documentRows.ts";
import { findGroup, groupRevision } from "../../db/groupRows.ts";
import { readTargets, type Target } from "../../db/targets.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call, ServiceContext } from "../context.ts";
import { type ByIdInput, byIdSchema } from "../documents/documentInput.ts";
import { parseInput } from "../parseInput.ts";
import { documentsOf, type RunningDocument } from "./listGroups.ts";

const DRIFTS_SHOWN = 200;

export type GroupDrift = Drift & { collector: { id: string; name: string } };
export type GroupView = {
  id: string;
  name: string;
  selector: string;
  priority: number;
  description: string;
  isDefault: boolean;
  createdAtMs: number;
  archivedAtMs: number | null;
  /** Null before the first boot has finished. */
  revision: number | null;
  hasOwnRevision: boolean;
  appliedAtMs: number | null;
  appliedBy: string | null;
  documents: RunningDocument[];
  members: number;
  /** Groups that select some of the same collectors: how many, and whether this group or that one has them. */
  overlaps: { id: string; name: string; collectors: number; hasThem: "this" | "other" }[];
  /** Members that run something else, by name. */
  drifts: GroupDrift[];
  /** Of those, how many are not listed. */
  driftsLeftOut: number;
};

/** A group with what it runs, which of its collectors differ and why, and which other groups select the same ones. */
export async function getGroup({ ctx, input: untrusted }: Call<ByIdInput>): Promise<GroupView> {
  authorise(ctx, "look");
  const { id } = parseInput(byIdSchema, untrusted);
  const group = await findGroup(ctx.db, id);
  if (!group) throw new AppError("NOT_FOUND", `there is no group with the id ${id}`);
  const revision = await groupRevision(ctx.db, id);
  const targets = await readTargets(ctx.db, ctx.ports.nowMs());
  const members = ctx.ports.live.rows().filter((row) => targets.get(row.id)?.group.id === id);
  const differing = members.filter(({ runningHash }) => revision !== null && runningHash !== revision.hash);
  const names = new Map((await ctx.db.document.findMany({ select: { id: true, name: true } })).map((document) => [document.id, document.name]));
  const { selector, selectorText, ...fields } = group;
  return {
    ...fields,
    selector: selectorText,
    revision: revision?.number ?? null,
    hasOwnRevision: revision?.groupId === id,
    appliedAtMs: revision?.groupId === id ? revision.createdAtMs : null,
    appliedBy: revision?.groupId === id ? revision.authorName : null,
    documents: revision ? documentsOf(revision, names) : [],
    members: members.length,
    overlaps:
      group.isDefault || group.archivedAtMs !== null
        ? []
        : overlapsOf(id, [...targets.values()], (labels) => selector !== null && matchesSelector(selector, labels)),
    drifts: revision ? await driftsOf(ctx, differing.slice(0, DRIFTS_SHOWN), { revision, targets, names }) : [],
    driftsLeftOut: Math.max(0, differing.length - DRIFTS_SHOWN),
  };
}

function overlapsOf(id: string, targets: readonly Target[], matches: (labels: Target["labels"]) => boolean): GroupView["overlaps"] {
  const found = new Map<string, GroupView["overlaps"][number]>();
  const count = (other: { id: string; name: string }, hasThem: "this" | "other") => {
    const key = `${hasThem} ${other.id}`;
    const before = found.get(key)?.collectors ?? 0;
    found.set(key, { id: other.id, name: other.name, collectors: before + 1, hasThem });
  };
  for (const { group, otherGroups, labels } of targets) {
    if (group.id === id) for (const other of otherGroups) count(other, "this");
    else if (matches(labels)) count(group, "other");
  }
  return [...found.values()].sort((a, b) => b.collectors - a.collectors);
}

type Known = { revision: Revision; targets: ReadonlyMap<string, Target>; names: ReadonlyMap<string, string> };

async function driftsOf(ctx: ServiceContext, rows: readonly CollectorRow[], { revision, targets, names }: Known): Promise<GroupDrift[]> {
  const ids = rows.map(({ id }) => id);
  const numbers = rows.map(({ runningRevision }) => runningRevision ?? 0);
  const revisions = new Map((await ctx.db.revision.findMany({ where: { number: { in: numbers } } })).map((row) => [row.number, toRevision(row)]));
  const reports = await ctx.db.configReport.findMany({ where: { collectorId: { in: ids }, revision: revision.number }, orderBy: { id: "asc" } });
  const reportOf = new Map(reports.map((report) => [report.collectorId, report]));
  return rows.map((row) => {
    const report = reportOf.get(row.id);
    const running = revisions.get(row.runningRevision ?? 0);
    const problem = report?.state === "failed" ? [report.failingPath, report.reason].filter(Boolean).join(": ") || "it gave no reason" : null;
    return {
      collector: { id: row.id, name: row.name },
      runningRevision: row.runningRevision ?? 0,
      // A number alone is no proof: hashes are what was run.
      differences: running && running.hash === row.runningHash ? differencesOf(running, revision, names) : [],
      ...whyOf(row, targets.get(row.id)?.override ?? null, { problem, state: report?.state ?? null, atMs: report?.createdAt.getTime() ?? null }),
    };
  });
}

type Reported = { problem: string | null; state: string | null; atMs: number | null };

function whyOf(row: CollectorRow, override: Target["override"], { problem, state, atMs }: Reported): { cause: DriftCause; sinceMs: number | null } {
  if (override) {
    const { authorName: by, reason, expiresAtMs: untilMs, createdAtMs } = override;
    return { cause: { kind: "overridden", by, reason, untilMs }, sinceMs: createdAtMs };
  }
  if (problem !== null) return { cause: { kind: "refused", problem }, sinceMs: atMs };
  if (row.state === "offline") return { cause: { kind: "offline" }, sinceMs: row.lastSeenMs };
  return state === "applying" ? { cause: { kind: "applying" }, sinceMs: atMs } : { cause: { kind: "pending" }, sinceMs: null };
}

function differencesOf(running: Revision, wanted: Revision, names: ReadonlyMap<string, string>): Drift["differences"] {
  const named = (revision: Revision, columns: (typeof REVISION_COLUMNS)[keyof typeof REVISION_COLUMNS]): NamedVersion => ({
    name: names.get(revision[columns.id]) ?? "",
    version: revision[columns.version],
  });
  return Object.values(REVISION_COLUMNS)
    .filter((columns) => running[columns.id] !== wanted[columns.id] || running[columns.version] !== wanted[columns.version])
    .map((columns) => ({ runs: named(running, columns), insteadOf: named(wanted, columns) }));
}
