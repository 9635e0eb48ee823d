import { formatClock, formatDate } from "#components/format/formatDuration.ts";
import { formatCompact } from "#components/format/formatNumber.ts";
import type { NamedGap, ReplaySummary } from "#domain/sampling/compare/mergeReplays.ts";
import type { ShadowView } from "./compareTypes.ts";
import { shareText } from "./shareText.ts";

/** Gaps that are told one by one; the page has them all in its own words anyway. */
const GAPS_TOLD_MAX = 5;

/** A length of time to the minute: `5 h 58 min`, `42 min`, `38 s`, `2 d 3 h`. */
export function lengthText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

/** `the last 6 h`. */
export function backText(backMs: number): string {
  return `the last ${lengthText(backMs)}`;
}

/** `the recorded 5 h 58 min until 14:02`; with its date where that is not today. */
export function recordedText({ fromMs, untilMs }: Pick<ReplaySummary, "fromMs" | "untilMs">, nowMs: number): string {
  return `the recorded ${lengthText(untilMs - fromMs)} until ${whenText(untilMs, nowMs)}`;
}

/** `12:01–12:04`. */
export function windowText({ fromMs, untilMs }: Pick<ReplaySummary, "fromMs" | "untilMs">, nowMs: number): string {
  const from = whenText(fromMs, nowMs);
  const until = isSameDay(fromMs, untilMs) ? formatClock(untilMs) : whenText(untilMs, nowMs);
  return from === until ? from : `${from}–${until}`;
}

/** The longest gaps, the oldest first, and how many more there are. */
export function gapLines({ gaps, gapsLeftOut }: Pick<ReplaySummary, "gaps" | "gapsLeftOut">, nowMs: number): string[] {
  const several = new Set(gaps.map(({ collectorName }) => collectorName)).size > 1;
  const longest = [...gaps].sort((a, b) => lengthOf(b) - lengthOf(a)).slice(0, GAPS_TOLD_MAX);
  const told = gaps.filter((gap) => longest.includes(gap));
  const lines = told.map((gap) => `${windowText(gap, nowMs)} (${lengthText(lengthOf(gap))})${several ? ` at ${gap.collectorName}` : ""}: ${gap.reason}`);
  const more = gaps.length - told.length + gapsLeftOut;
  return more === 0 ? lines : [...lines, `and ${more} shorter`];
}

/** How far a replay has got: `42% read · 12.3M spans · 1.2M spans/s`. */
export function progressText({ progress, read }: NonNullable<ShadowView["replay"]>): string {
  const percent = `${Math.floor(progress * 100)}% read`;
  return read === null ? percent : `${percent} · ${formatCompact(read.spans)} spans · ${formatCompact(read.spansPerS)} spans/s`;
}

/** What is to be said before a verdict on a part of a recording; empty where all was read. */
export function partialWords({ state, replay }: Pick<ShadowView, "state" | "replay">): string {
  if (replay === null || !replay.isPartial) return "";
  const share = shareText(replay.progress);
  if (state === "running") return `So far, ${share} read: `;
  return state === "stopped" ? `Cancelled when ${share} was read: ` : `Only ${share} was read: `;
}

function lengthOf({ fromMs, untilMs }: NamedGap): number {
  return untilMs - fromMs;
}

function whenText(atMs: number, nowMs: number): string {
  return isSameDay(atMs, nowMs) ? formatClock(atMs) : formatDate(atMs);
}

function isSameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}
