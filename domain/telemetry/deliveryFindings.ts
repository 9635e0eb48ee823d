import { type LogTrouble, type MemoryState, type OpenBreaker, SHED_PREFIX } from "./delivery.ts";
import { holdsSince, PAUSE_SECONDS, places, sincePart, strong, text, time, type VerdictFacts, type VerdictPart } from "./verdictParts.ts";

/** `bad` where senders are turned away or something accepted is lost. */
export type DeliveryFinding = { level: "warn" | "bad"; parts: VerdictPart[] };

const FAILURE_LETTERS_MAX = 120;
const TIERS_NAMED_MAX = 3;

/** What is wrong between the decision to keep and the backend's answer; worst first. */
export function deliveryFindings(facts: VerdictFacts): DeliveryFinding[] {
  const findings = [
    memoryFull(facts),
    shedding(facts),
    logTrouble(facts, "failed"),
    logTrouble(facts, "full"),
    openBreakers(facts, "open"),
    openBreakers(facts, "half-open"),
    logTrouble(facts, "behind"),
    memoryTight(facts),
  ];
  return findings.filter((finding) => finding !== null);
}

function memoryFull(facts: VerdictFacts): DeliveryFinding | null {
  const who = inMemoryState(facts, "full");
  if (who === null) return null;
  const since = holdsSince(facts.points, facts.fromMs, (point) => point.memoryFull > 0);
  return { level: "bad", parts: [strong("Memory is at its limit", "memory"), ...who, ...sincePart(since), text("; every request is refused there.")] };
}

function memoryTight(facts: VerdictFacts): DeliveryFinding | null {
  const who = inMemoryState(facts, "tight");
  if (who === null || sheddingSince(facts) !== null) return null;
  const since = holdsSince(facts.points, facts.fromMs, (point) => point.memoryTight > 0);
  return { level: "warn", parts: [strong("Memory is above its soft mark", "memory"), ...who, ...sincePart(since), text("; the last tiers are shed first.")] };
}

function inMemoryState({ rows, subject }: VerdictFacts, state: MemoryState): VerdictPart[] | null {
  const some = rows.filter(({ delivery }) => delivery?.memory === state);
  if (some.length === 0) return null;
  return subject.kind === "collector" ? [] : [text(" on "), strong(places(some, rows.length), "collectors")];
}

function sheddingSince({ points, fromMs }: VerdictFacts): number | null {
  return holdsSince(points, fromMs, (point) => point.shedPerS > 0);
}

function shedding(facts: VerdictFacts): DeliveryFinding | null {
  const since = sheddingSince(facts);
  if (since === null) return null;
  // Longer than a pause may be, so that what is said to be shed is never said to be none.
  const known = facts.points.filter((point) => point !== null).slice(-2 * PAUSE_SECONDS);
  const spansPerS = known.reduce((sum, point) => sum + point.shedPerS, 0) / known.length;
  const parts: VerdictPart[] = [text("Memory is tight, so "), { kind: "rate", spansPerS, evidence: "reasons" }, text(" that were to be kept are shed")];
  const tiers = (facts.reasons?.dropped ?? [])
    .filter(({ reason, spansPerS }) => reason.startsWith(SHED_PREFIX) && spansPerS > 0)
    .map(({ reason }) => reason.slice(SHED_PREFIX.length));
  if (tiers.length > 0) parts.push(text(tiers.length === 1 ? ", of the tier " : ", of the tiers "), strong(listOf(tiers), "reasons"), text(","));
  return { level: "bad", parts: [...parts, ...sincePart(since), text(".")] };
}

const LOG_TROUBLE: Record<LogTrouble["state"], { one: string; many: string; meaning: string; level: DeliveryFinding["level"] }> = {
  failed: { one: "can't be used", many: "can't be used", meaning: "What is kept waits in memory alone, or is refused.", level: "bad" },
  full: { one: "is full", many: "are full", meaning: "Requests are refused until the backend takes some of it.", level: "bad" },
  behind: { one: "is behind", many: "are behind", meaning: "The disk is slower than what is kept; requests may be refused.", level: "warn" },
};

function logTrouble(facts: VerdictFacts, state: LogTrouble["state"]): DeliveryFinding | null {
  const all = facts.rows.flatMap(({ name, delivery }) => (delivery?.logs ?? []).filter((log) => log.state === state).map((log) => ({ name, log })));
  if (all.length === 0) return null;
  const [{ name, log }] = all;
  const { one, many, meaning, level } = LOG_TROUBLE[state];
  const since = sincePart(holdsSince(facts.points, facts.fromMs, (point) => point.logsInTrouble > 0));
  const because = text(log.problem === "" || all.length > 1 ? `. ${meaning}` : `: ${said(log.problem)}. ${meaning}`);
  if (all.length > 1) return { level, parts: [strong(`${all.length} write-ahead logs ${many}`, "log"), ...since, because] };
  return { level, parts: [text(`The write-ahead log of ${whose(facts, name, log.destination)} `), strong(one, "log"), ...since, because] };
}

function openBreakers(facts: VerdictFacts, state: OpenBreaker["state"]): DeliveryFinding | null {
  const all = facts.rows
    .flatMap((row) => (row.delivery?.breakers ?? []).filter((breaker) => breaker.state === state).map((breaker) => ({ row, breaker })))
    .sort((a, b) => a.breaker.sinceMs - b.breaker.sinceMs);
  if (all.length === 0) return null;
  const [{ row, breaker }] = all;
  const doing = state === "open" ? "nothing is sent" : "single batches are tried";
  const away = state === "open" ? "" : " and not closed";
  const since = [text(all.length === 1 ? `${away} since ` : `${away}, the first since `), time(breaker.sinceMs), text(`: ${doing}`)];
  const parts: VerdictPart[] =
    all.length === 1
      ? [text(`The breaker of ${whose(facts, row.name, breaker.destination)} `), strong(`is ${state}`, "breakers"), ...since]
      : [strong(`${all.length} breakers are ${state}`, "breakers"), ...since];
  if (breaker.lastFailure !== "") parts.push(text(`, the backend${all.length === 1 ? "" : ` of ${breaker.destination}`} said “${said(breaker.lastFailure)}”`));
  return { level: "warn", parts: [...parts, text("."), ...kept(all.map((one) => one.breaker))] };
}

/** How much waits, where, and how long the log that fills first goes on. */
function kept(breakers: readonly OpenBreaker[]): VerdictPart[] {
  const spans = breakers.reduce((sum, { queuedSpans }) => sum + queuedSpans, 0);
  const logs = breakers.flatMap(({ log }) => log ?? []);
  const parts: VerdictPart[] = [text(" "), { kind: "count", spans, evidence: "queue" }, text(spans === 1 ? " span waits" : " spans wait")];
  if (logs.length === 0) return [...parts, text(" in memory alone, there is no write-ahead log.")];
  if (logs.length < breakers.length) parts.push(text(", some of them in memory alone"));
  parts.push(text("; the log has "), { kind: "bytes", bytes: sumOf(logs, "bytes"), evidence: "log" }, text(" of "), {
    kind: "bytes",
    bytes: sumOf(logs, "bytesMax"),
  });
  const soonest = Math.min(...logs.map(({ fullInMs }) => fullInMs ?? Number.POSITIVE_INFINITY));
  if (!Number.isFinite(soonest)) return [...parts, text(".")];
  return [...parts, text(logs.length === 1 ? " and lasts " : ", and the first to fill lasts "), { kind: "duration", ms: soonest }, text(" at this rate.")];
}

function sumOf(logs: readonly { bytes: number; bytesMax: number }[], key: "bytes" | "bytesMax"): number {
  return logs.reduce((sum, log) => sum + log[key], 0);
}

/** `default at gw-1`; on a collector's own page, and where there is one, its name says nothing new. */
function whose({ rows, subject }: VerdictFacts, collector: string, destination: string): string {
  return subject.kind === "collector" || rows.length === 1 ? destination : `${destination} at ${collector}`;
}

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, TIERS_NAMED_MAX);
  const more = names.length - shown.length;
  if (more > 0) return `${shown.join(", ")} and ${more} more`;
  return shown.length === 1 ? shown[0] : `${shown.slice(0, -1).join(", ")} and ${shown[shown.length - 1]}`;
}

/** What others wrote, on one line and short enough for a sentence. */
function said(message: string): string {
  const line = message
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[.…]+$/, "");
  return line.length <= FAILURE_LETTERS_MAX ? line : `${line.slice(0, FAILURE_LETTERS_MAX - 1).trimEnd()}…`;
}
