import { existsSync } from "node:fs";
import path from "node:path";
import { parseCollectorFile } from "#domain/fleet/collectorFile.ts";
import { bytesOf, type Outcomes, spansOf } from "#domain/sampling/compare/comparisonCounts.ts";
import type { ShadowExample, ShadowReport } from "#domain/sampling/compare/shadowReport.ts";
import { type SamplingPolicy, samplingPolicySchema } from "#domain/sampling/samplingPolicy.ts";
import { formatProblem, parseOrProblems } from "#domain/validation/problems.ts";
import { AppError } from "./appError.ts";
import { DataFolder } from "./control/dataFolder.ts";
import type { CollectorEnv } from "./env.ts";
import { problemsText } from "./pipeline.ts";
import { replayRecording } from "./replay/replayRecording.ts";
import { readYamlFile, startingConfig } from "./startingConfig.ts";

export type ReplayOptions = { file: string; backMs: number; dataDir: string | undefined; configFile: string | undefined; json: boolean };
/** `progress`: for whoever waits, not for programs. */
type Print = { out: (text: string) => void; progress: (text: string) => void };

const EXAMPLES_SHOWN = 5;

/**
 * Tries a policy over what a collector has recorded and prints what it would have kept beside what the running policy would have. 0: all was tried; 1: nothing was recorded, or it was
 * interrupted. Throws AppError when a file can't be read or is not valid.
 */
export async function replayCommand(options: ReplayOptions, env: CollectorEnv, print: Print, interrupted: AbortSignal): Promise<number> {
  const { file, backMs, json } = options;
  const dataDir = path.resolve(options.dataDir ?? env.dataDir);
  if (!existsSync(dataDir)) throw new AppError("usage", `there is no data folder ${dataDir}; name a collector's with --data or HEADGATE_DATA_DIR`);
  const candidate = await readPolicy(file);
  // What the control plane sent last is what a managed collector runs, whatever file it was started with.
  const running = await startingConfig(options.configFile ?? env.configFile, options.configFile === undefined, new DataFolder(dataDir));
  const { config, revision } = running;
  if (running.warning !== undefined) print.progress(`${running.warning}\n`);
  const task = { dataDir, backMs, baseline: config.sampling, revision, candidate };
  const report = await replayRecording(task, interrupted, (so) => print.progress(`\r${progressOf(so)}`));
  print.progress("\n");
  if (json) print.out(`${JSON.stringify(report)}\n`);
  else print.out(inWords(report, candidate, `${running.source}${revision === 0 ? "" : `, version ${revision}`}`));
  return report.state === "ended" ? 0 : 1;
}

/** A policy by itself, or that of a whole configuration. */
async function readPolicy(file: string): Promise<SamplingPolicy> {
  const input = await readYamlFile(file, "policy");
  if (typeof input === "object" && input !== null && "sampling" in input) {
    const parsed = parseCollectorFile(input);
    if (!parsed.ok) throw new AppError("usage", `${file}: ${problemsText(parsed.problems)}`);
    return parsed.value.config.sampling;
  }
  const parsed = parseOrProblems(samplingPolicySchema, input);
  if (!parsed.ok) throw new AppError("usage", `${file}: ${parsed.problems.map(formatProblem).join("; ")}`);
  return parsed.value;
}

function progressOf({ replay }: ShadowReport): string {
  const percent = Math.floor((replay?.progress ?? 0) * 100);
  return `${String(percent).padStart(3)}% read, ${whole(replay?.spans ?? 0)} spans, ${whole(replay?.spansPerS ?? 0)} spans/s`;
}

function inWords(report: ShadowReport, candidate: SamplingPolicy, running: string): string {
  if (report.state === "refused") return `${report.reason}\n`;
  const { counts, replay } = report;
  const { total } = counts;
  const lines = [
    report.state === "ended" ? headline(report) : `Interrupted at ${Math.floor((replay?.progress ?? 0) * 100)}% of the recording; what had been read by then:`,
    "",
    ...table([
      ["", "spans", "kept", "dropped", "volume kept", "share"],
      row(`now (${running})`, total, keptNow),
      ...counts.liveTiers.map(({ name, outcomes }) => row(`  ${name}`, outcomes, keptNow)),
      row("candidate", total, keptThen),
      ...counts.candidateTiers.map(({ name, outcomes }) => row(`  ${name}`, outcomes, keptThen)),
    ]),
    "",
    `Newly dropped: ${whole(total.liveOnly.spans)} spans (${volume(total.liveOnly.bytes)}); newly kept: ${whole(total.candidateOnly.spans)} spans (${volume(total.candidateOnly.bytes)}).`,
    ...examples("newly dropped", report.newlyDropped),
    ...examples("newly kept", report.newlyKept),
    ...becauses(report, candidate).map((because) => `Estimated: ${because}`),
  ];
  return `${lines.join("\n")}\n`;
}

type Kept = (outcomes: Outcomes) => { spans: number; bytes: number };
const keptNow: Kept = ({ both, liveOnly }) => ({ spans: both.spans + liveOnly.spans, bytes: both.bytes + liveOnly.bytes });
const keptThen: Kept = ({ both, candidateOnly }) => ({ spans: both.spans + candidateOnly.spans, bytes: both.bytes + candidateOnly.bytes });

function headline({ replay, windowMs, counts }: ShadowReport): string {
  const from = new Date(replay?.fromMs ?? 0).toISOString().slice(0, 19);
  const until = new Date(replay?.untilMs ?? 0).toISOString().slice(0, 19);
  return `${whole(counts.seen.spans)} spans came in ${duration(windowMs)}, from ${from}Z until ${until}Z; ${whole(counts.compared.spans)} recorded ones were tried.`;
}

function row(name: string, outcomes: Outcomes, kept: Kept): string[] {
  const spans = spansOf(outcomes);
  const { spans: keptSpans, bytes } = kept(outcomes);
  const share = spans === 0 ? "" : `${((keptSpans / spans) * 100).toFixed(1)}%`;
  return [name, whole(spans), whole(keptSpans), whole(spans - keptSpans), `${volume(bytes)} of ${volume(bytesOf(outcomes))}`, share];
}

function table(rows: string[][]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
  return rows.map((cells) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join("  ")
      .trimEnd(),
  );
}

function examples(what: string, all: readonly ShadowExample[]): string[] {
  return all.slice(0, EXAMPLES_SHOWN).map(({ traceId, service, endpoint, status, liveTier, candidateTier }) => {
    return `  ${what}: ${traceId || "(no trace id)"} ${service} ${endpoint}, ${status}, now ${liveTier}, candidate ${candidateTier}`;
  });
}

function becauses({ replay, live, counts, share }: ShadowReport, candidate: SamplingPolicy): string[] {
  if (replay === undefined) return [];
  const hasBudget = live.hasBudget || candidate.tiers.some(({ keep }) => keep.kind === "budget");
  const waitsDiffer =
    live.scope === "trace" &&
    candidate.scope === "trace" &&
    (live.decisionWaitMs !== candidate.decisionWaitMs || live.decisionWaitAfterRootMs !== candidate.decisionWaitAfterRootMs);
  const found: [boolean, string][] = [
    [share < 1, `one trace in ${whole(1 / share)} was recorded, and stands for all`],
    [hasBudget, "a tier has a budget: its share follows the traffic, and began anew"],
    [waitsDiffer, "the two wait differently long; both are taken to decide when the running policy does"],
    [live.scope !== candidate.scope, "one decides by span and the other by trace"],
    [counts.late > 0, `${whole(counts.late)} spans came after their trace was decided, and are in no figure`],
    [(replay.decidedEarly ?? 0) > 0, `${whole(replay.decidedEarly ?? 0)} traces were decided early: no more spans can wait in a replay`],
    [replay.redacted.length > 0, `the policies ask for attributes whose values are not recorded: ${replay.redacted.join(", ")}`],
  ];
  const gaps = replay.gaps.map(({ fromMs, untilMs, reason }) => `nothing for ${duration(untilMs - fromMs)} from ${new Date(fromMs).toISOString()}: ${reason}`);
  const more = replay.gapsLeftOut > 0 ? [`${replay.gapsLeftOut} shorter gaps`] : [];
  return [...found.filter(([holds]) => holds).map(([, because]) => because), ...gaps, ...more];
}

function whole(count: number): string {
  return Math.round(count).toLocaleString("en");
}

function volume(bytes: number): string {
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}

function duration(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes === 0) return `${(ms / 1000).toFixed(1)} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
