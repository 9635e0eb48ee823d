import type { Forecast } from "#domain/sampling/compare/forecast.ts";
import { mergeReplays, type ReplaySummary } from "#domain/sampling/compare/mergeReplays.ts";
import { latestExamples } from "#domain/sampling/compare/mergeShadowReports.ts";
import type { ReplayFigures, ShadowExample, ShadowReport, ShadowState } from "#domain/sampling/compare/shadowReport.ts";
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

/** `waiting`: it has said nothing yet; `silent`: nor before it was over; `unfinished`: of a replay, it had not read all by then. */
export type ShadowCollector = {
  id: string;
  name: string;
  state: ShadowState | "waiting" | "silent" | "unfinished" | "offline" | "problem";
  problem: string | null;
  /** Null before it said anything. */
  reported:
    | (Pick<ShadowReport, "share" | "cpuMs" | "threadCpuMs" | "windowMs" | "restarts"> & {
        liveRevision: number;
        atMs: number;
        spans: number;
        /** Null of one on live traffic. */
        replay: Omit<ReplayFigures, "redacted" | "gaps" | "gapsLeftOut"> | null;
      })
    | null;
};
/** `progress`: of the recordings of those that have one, 0 to 1. `isPartial`: what was counted is not of all of them, or not yet. `read`: null before anything was. */
export type ShadowReplay = { progress: number; isPartial: boolean; read: ReplaySummary | null };
export type CollectorExample = ShadowExample & { collectorId: string; collectorName: string };
export type ShadowView = Shadow & {
  groupName: string | null;
  state: "running" | "ended" | "stopped";
  nowMs: number;
  collectors: ShadowCollector[];
  /** Added up over the collectors that counted something. */
  summary: ComparisonSummary;
  /** Null as well of a replay that has not read all: what it has read is of other hours. */
  forecast: Forecast | null;
  /** Null of one on live traffic. */
  replay: ShadowReplay | null;
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
  const reports = new Map(stored.map(({ collectorId, report, atMs }) => [collectorId, { ...readShadowReport(report, shadow.kind), atMs }]));
  const rows = new Map(ctx.ports.live.rows().map((row) => [row.id, row]));
  const nameOf = (collectorId: string) => rows.get(collectorId)?.name ?? collectorId;
  const counting = [...reports].flatMap(([collectorId, { report, atMs }]) => (report === null ? [] : [{ collectorId, report, atMs }]));
  const counted = counting.filter(({ report }) => report.counts.seen.spans > 0);
  const now = ctx.ports.nowMs();
  const state = stateOfShadow(shadow, now);
  const collectors = shadow.collectorIds.map((collectorId): ShadowCollector => {
    const about = { id: collectorId, name: nameOf(collectorId) };
    const found = reports.get(collectorId);
    if (found === undefined) {
      const silent = state === "running" ? "waiting" : "silent";
      return { ...about, state: rows.get(collectorId)?.state === "offline" ? "offline" : silent, problem: null, reported: null };
    }
    const { report, problem, atMs } = found;
    if (report === null) return { ...about, state: "problem", problem, reported: null };
    const { share, cpuMs, threadCpuMs, windowMs, restarts, live, counts, reason } = report;
    const reported = {
      share,
      cpuMs,
      threadCpuMs,
      windowMs,
      restarts,
      liveRevision: live.revision,
      atMs,
      spans: counts.seen.spans,
      replay: withoutGaps(report),
    };
    const isCutOff = report.replay !== undefined && report.state === "running" && state !== "running";
    return { ...about, state: isCutOff ? "unfinished" : report.state, problem: reason || null, reported };
  });
  collectors.sort((a, b) => (a.name < b.name ? -1 : 1));
  const replay = shadow.backMs === null ? null : replayOf(collectors, counted, nameOf, shadow.backMs);
  const hasBudget = shadow.policy.tiers.some(({ keep }) => keep.kind === "budget");
  const summary = summariseComparison({
    collectors: counted.map(({ report: { counts, windowMs } }) => ({ counts, windowMs })),
    price,
    // Over a recording both policies begin anew.
    hasBudget: hasBudget || (replay !== null && counting.some(({ report }) => report.live.hasBudget)),
    waitsDiffer: counting.some(({ report }) => waitsDiffer(report, shadow.policy)),
    scopesDiffer: counting.some(({ report }) => report.live.scope !== shadow.policy.scope),
    recording: replay?.read
      ? {
          isPartial: replay.isPartial,
          isLess: replay.read.isLess,
          isRedacted: replay.read.redacted.length > 0,
          hasGaps: replay.read.gaps.length + replay.read.gapsLeftOut > 0,
        }
      : null,
  });
  const examples = (of: "newlyDropped" | "newlyKept") =>
    latestExamples(
      counting.flatMap(({ collectorId, report }) => report[of].map((example) => ({ ...example, collectorId, collectorName: nameOf(collectorId) }))),
    );
  const untilMs = replay?.read?.untilMs ?? Math.max(0, ...counted.map(({ atMs }) => atMs));
  return {
    ...shadow,
    groupName: group?.name ?? null,
    state,
    nowMs: now,
    collectors,
    summary,
    forecast: replay?.isPartial ? null : toForecast(summary, { kind: replay === null ? "shadow" : "replay", id, untilMs }),
    replay,
    newlyDropped: examples("newlyDropped"),
    newlyKept: examples("newlyKept"),
    liveRevisions: [...new Set(counting.map(({ report }) => report.live.revision))].sort((a, b) => a - b),
    cpuMs: counting.reduce((sum, { report }) => sum + report.cpuMs, 0),
    threadCpuMs: counting.reduce((sum, { report }) => sum + report.threadCpuMs, 0),
  };
}

type Counted = { collectorId: string; report: ShadowReport }[];

function replayOf(collectors: readonly ShadowCollector[], counted: Counted, nameOf: (collectorId: string) => string, backMs: number): ShadowReplay {
  // Those that have nothing to read, or are not there, hold nobody up.
  const reading = collectors.filter(({ state }) => state !== "problem" && state !== "refused" && state !== "offline" && state !== "silent");
  const read = reading.reduce((sum, { reported }) => sum + (reported?.replay?.progress ?? 0), 0);
  const figures = counted.flatMap(({ collectorId, report }) => (report.replay ? [{ collectorName: nameOf(collectorId), figures: report.replay }] : []));
  return {
    progress: reading.length === 0 ? 0 : read / reading.length,
    isPartial: reading.some(({ state }) => state !== "ended"),
    read: mergeReplays(figures, backMs),
  };
}

function withoutGaps({ replay }: ShadowReport) {
  if (replay === undefined) return null;
  const { redacted: _, gaps: __, gapsLeftOut: ___, ...rest } = replay;
  return rest;
}

function waitsDiffer({ live }: ShadowReport, policy: SamplingPolicy): boolean {
  if (policy.scope === "span" || live.scope === "span") return false;
  return policy.decisionWaitMs !== live.decisionWaitMs || policy.decisionWaitAfterRootMs !== live.decisionWaitAfterRootMs;
}
