import { deliveryFindings } from "./deliveryFindings.ts";
import { firstVerdict } from "./firstVerdict.ts";
import type { LivePoint } from "./live.ts";
import { holdsSince, PAUSE_SECONDS, places, strong, text, time, type Verdict, type VerdictFacts, type VerdictPart } from "./verdictParts.ts";

const QUEUE_HIGH = 0.5;
const STAGE_HIGH = 0.6;
const SLOW_P99_MS = 100;
/** A single slow second is no finding. */
const SLOW_SECONDS = 5;
const QUIET_SECONDS = 10;

const ANSWER_STAGES = ["network", "processing", "serialization"] as const;
const STAGE_WORDS = { network: "reading from the network", processing: "processing", serialization: "serialization" };

/** One or two sentences that say what is so, since when and where. Worst first after the throughput; the loss is always spoken of. */
export function verdict(facts: VerdictFacts): Verdict {
  return firstVerdict(facts) ?? withoutTraffic(facts) ?? withTraffic(facts);
}

function withoutTraffic(facts: VerdictFacts): Verdict | null {
  const { points, fromMs, rows, subject } = facts;
  const ready = rows.filter((row) => row.state === "online").length;
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
  // What waits for a backend goes on waiting when nothing comes in.
  const [worst] = deliveryFindings(facts);
  if (worst) parts.push(text(" "), ...worst.parts);
  const lost = losses(facts);
  return { level: worst?.level === "bad" || lost.any || lost.unbalanced ? "bad" : "warn", parts: [...parts, ...lost.parts] };
}

function withTraffic(facts: VerdictFacts): Verdict {
  const newest = recent(facts.points);
  const parts: VerdictPart[] = [text("Taking "), { kind: "rate", spansPerS: newest.received, evidence: "throughput" }, ...samples(newest.sampleShare)];
  const over = `over the last ${newest.seconds === 1 ? "second" : `${newest.seconds} s`}`;
  // In trace scope what is decided now came in a while ago, so the share is one of what was decided.
  if (newest.decided > 0) parts.push(text(" and keeping "), { kind: "share", share: newest.kept / newest.decided, evidence: "outcome" }, text(` ${over}.`));
  else parts.push(text(` ${over}; `), strong("none of it is decided yet", "waiting"), text(", spans wait for their trace."));
  const lost = losses(facts);
  const delivery = deliveryFindings(facts);
  const others = [refusals(facts), queueing(facts), earlyDecisions(facts), slowAnswers(facts), absences(facts), configurations(facts)];
  const findings = [...delivery.map((finding) => finding.parts), ...others.filter((finding) => finding !== null)];
  // Two findings are what one reads; the rest stands in the table below.
  for (const finding of findings.slice(0, 2)) parts.push(text(" "), ...finding);
  const isBad = lost.any || lost.unbalanced || delivery.some((finding) => finding.level === "bad");
  const level = isBad ? "bad" : findings.length > 0 ? "warn" : "ok";
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
