import type { Database } from "../db/database.ts";
import { readTargets, type Target } from "../db/targets.ts";

export type ReportedConfig = { revision: number; state: "applying" | "applied" | "failed"; problem: string | null };

/** What is known of a collector besides its measurements. */
export type CollectorRecord = {
  id: string;
  name: string;
  /** Those that count: its own, as people changed them. */
  labels: Record<string, string>;
  version: string;
  lastSeenMs: number | null;
  replica: string | null;
  runningRevision: number;
  runningHash: string;
  otlpGrpcEndpoint: string | null;
  otlpHttpEndpoint: string | null;
  everReceived: boolean;
  report: ReportedConfig | null;
  assigned: CollectorAssignment | null;
};

/** What a collector shall run. `revision` is null before the first boot has finished. */
export type CollectorAssignment = {
  group: { id: string; name: string };
  otherGroups: { id: string; name: string }[];
  revision: { number: number; hash: string } | null;
  overriddenUntilMs: number | null;
  rollout: { number: number; stage: number | null } | null;
};

export type Directory = { records: CollectorRecord[] };

/** All collectors with their latest report, and what each shall run. */
export async function readDirectory(db: Database, nowMs: number): Promise<Directory> {
  const rows = await db.collector.findMany({
    include: { reports: { orderBy: { id: "desc" }, take: 1 } },
    omit: { effectiveConfig: true, credentialHash: true },
    orderBy: [{ name: "asc" }, { id: "asc" }],
  });
  const targets = await readTargets(db, nowMs);
  const records = rows.map((row) => {
    const [report] = row.reports;
    const target = targets.get(row.id);
    const { id, name, version, replica, runningRevision, runningHash, otlpGrpcEndpoint, otlpHttpEndpoint, everReceived } = row;
    const reported = report && { revision: report.revision, state: toState(report.state), problem: problemOf(report) };
    return {
      id,
      name,
      labels: target?.labels ?? {},
      version,
      lastSeenMs: row.lastSeenAt?.getTime() ?? null,
      replica,
      runningRevision,
      runningHash,
      otlpGrpcEndpoint,
      otlpHttpEndpoint,
      everReceived,
      report: reported ?? null,
      assigned: target ? toAssignment(target) : null,
    };
  });
  return { records };
}

function toAssignment({ group, otherGroups, revision, override, rollout }: Target): CollectorAssignment {
  return {
    group: { id: group.id, name: group.name },
    otherGroups: otherGroups.map(({ id, name }) => ({ id, name })),
    revision: revision && { number: revision.number, hash: revision.hash },
    overriddenUntilMs: override?.expiresAtMs ?? null,
    rollout,
  };
}

export function problemOf({ state, failingPath, reason }: { state: string; failingPath: string | null; reason: string | null }): string | null {
  return state === "failed" ? [failingPath, reason].filter(Boolean).join(": ") || "the collector gave no reason" : null;
}

function toState(text: string): ReportedConfig["state"] {
  return text === "applied" || text === "failed" ? text : "applying";
}
