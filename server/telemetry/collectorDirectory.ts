import type { Database } from "../db/database.ts";
import { newestRevision, toTexts } from "../db/documentRows.ts";

export type ReportedConfig = { revision: number; state: "applying" | "applied" | "failed"; problem: string | null };

/** What is known of a collector besides its measurements. */
export type CollectorRecord = {
  id: string;
  name: string;
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
};

export type Directory = { records: CollectorRecord[]; newest: { revision: number; hash: string } | null };

/** All collectors with their latest report, and the newest revision. */
export async function readDirectory(db: Database): Promise<Directory> {
  const rows = await db.collector.findMany({
    include: { reports: { orderBy: { id: "desc" }, take: 1 } },
    omit: { effectiveConfig: true, credentialHash: true },
    orderBy: [{ name: "asc" }, { id: "asc" }],
  });
  const newest = await newestRevision(db);
  const records = rows.map((row) => {
    const [report] = row.reports;
    const { id, name, version, replica, runningRevision, runningHash, otlpGrpcEndpoint, otlpHttpEndpoint, everReceived } = row;
    const reported = report && { revision: report.revision, state: toState(report.state), problem: problemOf(report) };
    return {
      id,
      name,
      labels: toTexts(row.labels),
      version,
      lastSeenMs: row.lastSeenAt?.getTime() ?? null,
      replica,
      runningRevision,
      runningHash,
      otlpGrpcEndpoint,
      otlpHttpEndpoint,
      everReceived,
      report: reported ?? null,
    };
  });
  return { records, newest: newest && { revision: newest.number, hash: newest.hash } };
}

export function problemOf({ state, failingPath, reason }: { state: string; failingPath: string | null; reason: string | null }): string | null {
  return state === "failed" ? [failingPath, reason].filter(Boolean).join(": ") || "the collector gave no reason" : null;
}

function toState(text: string): ReportedConfig["state"] {
  return text === "applied" || text === "failed" ? text : "applying";
}
