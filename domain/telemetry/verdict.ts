import type { CollectorRow, LedgerView, LivePoint } from "./live.ts";

/** Where the reader can see for himself what a part of the sentence claims. */
export type Evidence = "throughput" | "outcome" | "stages" | "queue" | "waiting" | "collectors" | "configuration";

/** A piece of the sentence. Figures and times stay values, so that the page formats them in the reader's way. */
export type VerdictPart =
  | { kind: "text"; text: string }
  | { kind: "strong"; text: string; evidence?: Evidence }
  | { kind: "rate"; spansPerS: number; evidence?: Evidence }
  | { kind: "count"; spans: number; evidence?: Evidence }
  | { kind: "share"; share: number; evidence?: Evidence }
  | { kind: "time"; atMs: number };

export type Verdict = { level: "ok" | "warn" | "bad" | "idle"; parts: VerdictPart[] };

export type VerdictFacts = {
  /** Newest last, one per second, the last 15 minutes; gaps are null. */
  fromMs: number;
  points: readonly (LivePoint | null)[];
  rows: readonly Pick<CollectorRow, "name" | "state" | "lastSeenMs" | "configState" | "queueSpans" | "queueCapacitySpans">[];
  ledger: Pick<LedgerView, "balanced"> | null;
  everReceived: boolean;
  /** One collector's own page speaks of it instead of the fleet. */
  subject: { kind: "fleet" } | { kind: "collector"; name: string };
};

const QUEUE_HIGH = 0.5;
const STAGE_HIGH = 0.6;
const SLOW_P99_MS = 100;
/** A single slow second is no finding. */
const SLOW_SECONDS = 5;
const QUIET_SECONDS = 10;
/** A condition may pause this long and still count as one. */
const PAUSE_SECONDS = 5;

const ANSWER_STAGES = ["network", "processing", "serialization"] as const;
const STAGE_WORDS = { network: "reading from the network", processing: "processing", serialization: "serialization" };

/** One or two sentences that say what is so, since when and where. Worst first after the throughput; the loss is always spoken of. */
export function verdict(facts: VerdictFacts): Verdict {
  return withoutCollectors(facts) ?? withoutTraffic(facts) ?? withTraffic(facts);
}

function withoutCollectors({ rows, subject }: VerdictFacts): Verdict | null {
  const one = subject.kind === "collector";
  if (rows.length === 0)
    return one
      ? null
      : { level: "idle", parts: [text("No collector has connected yet. Start one with an enrolment token from "), strong("Fleet", "collectors"), text(".")] };
  if (rows.some((row) => row.state !== "offline")) return null;
  const seen = Math.max(...rows.map((row) => row.lastSeenMs ?? 0));
  const parts = [
    strong(
      one ? `${subject.name} is offline` : rows.length === 1 ? `${rows[0].name}, the only collector, is offline` : `All ${rows.length} collectors are offline`,
      "collectors",
    ),
  ];
  if (seen > 0) parts.push(text(" since "), time(seen));
  parts.push(text(". A collector that has lost only this control plane still forwards under its last configuration."));
  return { level: "bad", parts };
}

function withoutTraffic(facts: VerdictFacts): Verdict | null {
  const { points, fromMs, rows, everReceived, subject } = facts;
  const ready = rows.filter((row) => row.state === "online").length;
  if (!everReceived) {
    const who = subject.kind === "collector" ? `${subject.name} is` : ready === 1 ? "One collector is" : `${ready} collectors are`;
    const it = ready === 1 || subject.kind === "collector" ? "it" : "them";
    return {
      level: "idle",
      parts: [text(`${who} ready and ${who.endsWith("are") ? "have" : "has"} heard nothing yet. Send ${it} a trace, or watch sample traffic first.`)],
    };
  }
  const known = points.filter((point) => point !== null);
  if (known.length === 0) return { level: "idle", parts: [text("No measurement has come in the last 15 minutes, so nothing can be said about them.")] };
  if (known.slice(-QUIET_SECONDS).some((point) => point.receivedPerS > 0)) return null;
  // One span is not nothing, so no pause is passed over here.
  const last = points.findLastIndex((point) => point !== null && point.receivedPerS > 0);
  const parts: VerdictPart[] = [strong("Nothing is arriving", "throughput")];
  parts.push(...(last < 0 ? [text(", and nothing has in the last 15 minutes")] : [text(" since "), time(fromMs + (last + 1) * 1000)]));
  parts.push(
    text(subject.kind === "collector" ? `; ${subject.name} is ready.` : ready === 1 ? "; one collector is ready." : `; ${ready} collectors are ready.`),
  );
  return { level: "warn", parts: [...parts, ...losses(facts).parts] };
}

function withTraffic(facts: VerdictFacts): Verdict {
  const newest = recent(facts.points);
  const parts: VerdictPart[] = [text("Taking "), { kind: "rate", spansPerS: newest.received, evidence: "throughput" }, ...samples(newest.sampleShare)];
  const over = `over the last ${newest.seconds === 1 ? "second" : `${newest.seconds} s`}`;
  // In trace scope what is decided now came in a while ago, so the share is one of what was decided.
  if (newest.decided > 0) parts.push(text(" and keeping "), { kind: "share", share: newest.kept / newest.decided, evidence: "outcome" }, text(` ${over}.`));
  else parts.push(text(` ${over}; `), strong("none of it is decided yet", "waiting"), text(", spans wait for their trace."));
  const lost = losses(facts);
  const findings = [refusals(facts), queueing(facts), earlyDecisions(facts), slowAnswers(facts), absences(facts), configurations(facts)].filter(
    (finding) => finding !== null,
  );
  // Two findings are what one reads; the rest stands in the table below.
  for (const finding of findings.slice(0, 2)) parts.push(text(" "), ...finding);
  const level = lost.any || lost.unbalanced ? "bad" : findings.length > 0 ? "warn" : "ok";
  parts.push(...lost.parts);
  return { level, parts };
}

function losses({ points, fromMs, ledger }: VerdictFacts): { any: boolean; unbalanced: boolean; parts: VerdictPart[] } {
  let spans = 0;
  let firstAt: number | null = null;
  for (const [index, point] of points.entries()) {
    if (point === null || point.droppedPerS <= 0) continue;
    spans += point.droppedPerS;
    firstAt ??= fromMs + index * 1000;
  }
  const unbalanced = ledger?.balanced === false;
  const parts: VerdictPart[] = [text(" ")];
  if (firstAt !== null)
    parts.push(
      { kind: "count", spans: Math.max(1, Math.round(spans)), evidence: "outcome" },
      text(" accepted spans were dropped, the first at "),
      time(firstAt),
      text("."),
    );
  else parts.push(text("Nothing has been lost."));
  if (unbalanced) parts.push(text(" "), strong("The ledger does not balance", "outcome"), text(": what came in is not all accounted for."));
  return { any: firstAt !== null, unbalanced, parts };
}

function refusals({ points, fromMs }: VerdictFacts): VerdictPart[] | null {
  const since = holdsSince(points, fromMs, (point) => point.refusedPerS > 0);
  if (since === null) return null;
  const known = points.filter((point) => point !== null).slice(-PAUSE_SECONDS);
  const rate = known.reduce((sum, point) => sum + point.refusedPerS, 0) / known.length;
  return [
    text("Refusing "),
    { kind: "rate", spansPerS: rate, evidence: "outcome" },
    text(" since "),
    time(since),
    text("; senders are told to try again later."),
  ];
}

function queueing({ points, fromMs, rows, subject }: VerdictFacts): VerdictPart[] | null {
  const high = rows.filter(
    (row) => row.queueSpans !== null && row.queueCapacitySpans !== null && row.queueCapacitySpans > 0 && row.queueSpans / row.queueCapacitySpans > QUEUE_HIGH,
  );
  const full = (point: LivePoint) => point.queueCapacitySpans > 0 && point.queueSpans / point.queueCapacitySpans > QUEUE_HIGH;
  const since = holdsSince(points, fromMs, full);
  if (subject.kind === "collector" || rows.length <= 1) {
    if (since === null) return null;
    const point = newestOf(points);
    return [
      text("Its queue holds "),
      { kind: "share", share: point.queueSpans / point.queueCapacitySpans, evidence: "queue" },
      text(" of what it can, above half since "),
      time(since),
      text("."),
    ];
  }
  if (high.length === 0) return null;
  const parts: VerdictPart[] = [text("The queue is more than half full on "), strong(places(high, rows.length), "collectors")];
  if (since !== null) parts.push(text(", for the whole fleet since "), time(since));
  return [...parts, text(".")];
}

function earlyDecisions({ points, fromMs }: VerdictFacts): VerdictPart[] | null {
  const since = holdsSince(points, fromMs, (point) => point.tracesDecidedEarlyPerS > 0);
  if (since === null) return null;
  const known = points.filter((point) => point !== null).slice(-PAUSE_SECONDS);
  const sum = (value: (point: LivePoint) => number) => known.reduce((total, point) => total + value(point), 0);
  const share = sum((point) => point.tracesDecidedEarlyPerS) / sum((point) => point.tracesDecidedPerS);
  return [
    text("Of its traces "),
    { kind: "share", share: Number.isFinite(share) ? Math.min(1, share) : 1, evidence: "waiting" },
    text(" are decided before their time since "),
    time(since),
    text(", because no more may wait; raise the bound or shorten the wait."),
  ];
}

// Only what a sender waits for: queue wait and export come after the answer.
function slowAnswers({ points, fromMs }: VerdictFacts): VerdictPart[] | null {
  const slow = (point: LivePoint) => (point.ackP99Ms ?? 0) > SLOW_P99_MS;
  const since = holdsSince(points, fromMs, slow);
  if (
    since === null ||
    points
      .filter((point) => point !== null)
      .slice(-SLOW_SECONDS)
      .filter(slow).length < SLOW_SECONDS
  )
    return null;
  const parts: VerdictPart[] = [text("Senders wait over 100 ms for one answer in a hundred since "), time(since)];
  const sums = ANSWER_STAGES.map((stage) => points.slice(-30).reduce((sum, point) => sum + (point?.stageMeanMs[stage] ?? 0), 0));
  const whole = sums.reduce((sum, value) => sum + value, 0);
  const worst = sums.indexOf(Math.max(...sums));
  if (whole <= 0 || sums[worst] / whole < STAGE_HIGH) return [...parts, text(".")];
  return [...parts, text(`; ${STAGE_WORDS[ANSWER_STAGES[worst]]} is `), { kind: "share", share: sums[worst] / whole, evidence: "stages" }, text(" of it.")];
}

function absences({ rows, subject }: VerdictFacts): VerdictPart[] | null {
  if (subject.kind === "collector") return null;
  const gone = rows.filter((row) => row.state === "offline");
  if (gone.length === 0) return null;
  const seen = Math.max(...gone.map((row) => row.lastSeenMs ?? 0));
  const parts: VerdictPart[] = [strong(places(gone, rows.length), "collectors"), text(gone.length === 1 ? " is offline" : " are offline")];
  if (seen > 0) parts.push(text(gone.length === 1 ? " since " : ", the latest since "), time(seen));
  return [...parts, text(".")];
}

function configurations({ rows, subject }: VerdictFacts): VerdictPart[] | null {
  const failed = rows.filter((row) => row.configState === "failed" && row.state !== "offline");
  if (failed.length === 0) return null;
  const who = subject.kind === "collector" ? subject.name : places(failed, rows.length);
  return [strong(who, "configuration"), text(" refused the newest configuration and runs the one before.")];
}

function samples(share: number): VerdictPart[] {
  if (share <= 0) return [];
  if (share > 0.999) return [text(", all of it sample traffic,")];
  return [text(", "), { kind: "share", share }, text(" of it sample traffic,")];
}

function places(some: readonly { name: string }[], all: number): string {
  return some.length === 1 ? some[0].name : `${some.length} of ${all} collectors`;
}

/** The start of the stretch, reaching to now, over which `holds`; gaps neither start nor end it, short pauses do not end it. */
function holdsSince(points: readonly (LivePoint | null)[], fromMs: number, holds: (point: LivePoint) => boolean): number | null {
  let since: number | null = null;
  let pause = 0;
  for (let index = points.length - 1; index >= 0; index--) {
    const point = points[index];
    if (point === null) continue;
    if (holds(point)) {
      since = fromMs + index * 1000;
      pause = 0;
    } else {
      pause += 1;
      if (pause > PAUSE_SECONDS) break;
    }
  }
  return since;
}

function newestOf(points: readonly (LivePoint | null)[]): LivePoint {
  const known = points.filter((point) => point !== null);
  return known[known.length - 1];
}

/** Means over the last seconds, so that the sentence doesn't flicker. */
function recent(points: readonly (LivePoint | null)[]): { seconds: number; received: number; kept: number; decided: number; sampleShare: number } {
  const known = points.filter((point) => point !== null).slice(-PAUSE_SECONDS);
  const mean = (value: (point: LivePoint) => number) => known.reduce((sum, point) => sum + value(point), 0) / Math.max(1, known.length);
  const received = mean((point) => point.receivedPerS);
  return {
    seconds: known.length,
    received,
    kept: mean((point) => point.keptPerS),
    decided: mean((point) => point.keptPerS + point.sampledOutPerS),
    sampleShare: received === 0 ? 0 : mean((point) => point.sampleShare * point.receivedPerS) / received,
  };
}

function text(value: string): VerdictPart {
  return { kind: "text", text: value };
}
function strong(value: string, evidence?: Evidence): VerdictPart {
  return { kind: "strong", text: value, evidence };
}
function time(atMs: number): VerdictPart {
  return { kind: "time", atMs };
}
