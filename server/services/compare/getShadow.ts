import type { Forecast } from "#domain/sampling/compare/forecast.ts";
import { latestExamples } from "#domain/sampling/compare/mergeShadowReports.ts";
import type { ShadowExample, ShadowReport, ShadowState } from "#domain/sampling/compare/shadowReport.ts";
import { type ComparisonSummary, summariseComparison } from "#domain/sampling/compare/summariseComparison.ts";
import { toForecast } from "#domain/sampling/compare/toForecast.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { findGroup } from "../../db/groupRows.ts";
import { readLivePrice } from "../../db/livePriceSetting.ts";
import { findShadow, readShadowReports, type Shadow } from "../../db/shadowRows.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { type ByIdInput, byIdSchema } from "../documents/documentInput.ts";
import { parseInput } from "../parseInput.ts";
import { readShadowReport } from "./readShadowReport.ts";
import { stateOfShadow } from "./stateOfShadow.ts";

/** `waiting`: it has said nothing yet. */
export type ShadowCollector = {
  id: string;
  name: string;
  state: ShadowState | "waiting" | "offline" | "problem";
  problem: string | null;
  /** Null before it said anything. */
  reported: (Pick<ShadowReport, "share" | "cpuMs" | "threadCpuMs" | "windowMs" | "restarts"> & { liveRevision: number; atMs: number; spans: number }) | null;
};
export type CollectorExample = ShadowExample & { collectorId: string; collectorName: string };
export type ShadowView = Shadow & {
  groupName: string | null;
  state: "running" | "ended" | "stopped";
  nowMs: number;
  collectors: ShadowCollector[];
  /** Added up over the collectors that counted something. */
  summary: ComparisonSummary;
  forecast: Forecast | null;
  newlyDropped: CollectorExample[];
  newlyKept: CollectorExample[];
  /** Revisions that the collectors ran: with more than one, "now" is a mixture. */
  liveRevisions: number[];
  cpuMs: number;
  threadCpuMs: number;
};

/** A comparison as it stands: what its collectors have counted so far, added up, whichever process they report to. */
export async function getShadow({ ctx, input: untrusted }: Call<ByIdInput>): Promise<ShadowView> {
  authorise(ctx, "look");
  const { id } = parseInput(byIdSchema, untrusted);
  const shadow = await findShadow(ctx.db, id);
  if (!shadow) throw new AppError("NOT_FOUND", "there is no such comparison; only the latest ones are kept");
  const [stored, { price }, group] = await Promise.all([
    readShadowReports(ctx.db, id),
    readLivePrice(ctx.db),
    shadow.groupId === null ? null : findGroup(ctx.db, shadow.groupId),
  ]);
  const reports = new Map(stored.map(({ collectorId, report, atMs }) => [collectorId, { ...readShadowReport(report), atMs }]));
  const rows = new Map(ctx.ports.live.rows().map((row) => [row.id, row]));
  const nameOf = (collectorId: string) => rows.get(collectorId)?.name ?? collectorId;
  const counting = [...reports].flatMap(([collectorId, { report, atMs }]) => (report === null ? [] : [{ collectorId, report, atMs }]));
  const counted = counting.filter(({ report }) => report.counts.seen.spans > 0);
  const summary = summariseComparison({
    collectors: counted.map(({ report: { counts, windowMs } }) => ({ counts, windowMs })),
    price,
    hasBudget: shadow.policy.tiers.some(({ keep }) => keep.kind === "budget"),
    waitsDiffer: counting.some(({ report }) => waitsDiffer(report, shadow.policy)),
    scopesDiffer: counting.some(({ report }) => report.live.scope !== shadow.policy.scope),
  });
  const examples = (of: "newlyDropped" | "newlyKept") =>
    latestExamples(
      counting.flatMap(({ collectorId, report }) => report[of].map((example) => ({ ...example, collectorId, collectorName: nameOf(collectorId) }))),
    );
  const now = ctx.ports.nowMs();
  return {
    ...shadow,
    groupName: group?.name ?? null,
    state: stateOfShadow(shadow, now),
    nowMs: now,
    collectors: shadow.collectorIds.map((collectorId): ShadowCollector => {
      const about = { id: collectorId, name: nameOf(collectorId) };
      const found = reports.get(collectorId);
      if (found === undefined) return { ...about, state: rows.get(collectorId)?.state === "offline" ? "offline" : "waiting", problem: null, reported: null };
      const { report, problem, atMs } = found;
      if (report === null) return { ...about, state: "problem", problem, reported: null };
      const { share, cpuMs, threadCpuMs, windowMs, restarts, live, counts, state, reason } = report;
      const reported = { share, cpuMs, threadCpuMs, windowMs, restarts, liveRevision: live.revision, atMs, spans: counts.seen.spans };
      return { ...about, state, problem: reason || null, reported };
    }),
    summary,
    forecast: toForecast(summary, { kind: "shadow", id, untilMs: Math.max(0, ...counted.map(({ atMs }) => atMs)) }),
    newlyDropped: examples("newlyDropped"),
    newlyKept: examples("newlyKept"),
    liveRevisions: [...new Set(counting.map(({ report }) => report.live.revision))].sort((a, b) => a - b),
    cpuMs: counting.reduce((sum, { report }) => sum + report.cpuMs, 0),
    threadCpuMs: counting.reduce((sum, { report }) => sum + report.threadCpuMs, 0),
  };
}

function waitsDiffer({ live }: ShadowReport, policy: SamplingPolicy): boolean {
  if (policy.scope === "span" || live.scope === "span") return false;
  return policy.decisionWaitMs !== live.decisionWaitMs || policy.decisionWaitAfterRootMs !== live.decisionWaitAfterRootMs;
}
