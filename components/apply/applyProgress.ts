import type { CarryOver } from "#domain/fleet/carryOver.ts";
import type { LiveEvent } from "#domain/telemetry/live.ts";

export type CollectorApplyState = "pending" | "applying" | "applied" | "failed" | "offline" | "overridden" | "superseded";
export type CollectorProgress = {
  id: string;
  name: string;
  state: CollectorApplyState;
  problem: string | null;
  tookMs: number | null;
  /** What became of the traces that waited there; null where it does not say. */
  carryOver: CarryOver | null;
};
export type ReportEvent = Extract<LiveEvent, { kind: "configReport" }>;
export type ApplySummary = { total: number; applied: number; failed: number; offline: number; waiting: number; done: boolean };

/** A report that came over the live stream is newer than the list it is laid over, except that "applying" never takes an end back. */
export function overlayReports(collectors: readonly CollectorProgress[], reports: ReadonlyMap<string, ReportEvent>): CollectorProgress[] {
  return collectors.map((collector) => {
    const report = reports.get(collector.id);
    if (!report || (report.state === "applying" && isEnd(collector.state))) return collector;
    return {
      ...collector,
      state: report.state,
      problem: report.problem,
      tookMs: report.tookMs ?? collector.tookMs,
      carryOver: report.carryOver ?? collector.carryOver,
    };
  });
}

/** Offline collectors get the change when they come back; nobody waits for them, nor for ones that are overridden or that a later change has overtaken. */
export function summariseApply(collectors: readonly Pick<CollectorProgress, "state">[]): ApplySummary {
  const count = (...states: CollectorApplyState[]) => collectors.filter((collector) => states.includes(collector.state)).length;
  const waiting = count("pending", "applying");
  return { total: collectors.length, applied: count("applied"), failed: count("failed"), offline: count("offline"), waiting, done: waiting === 0 };
}

function isEnd(state: CollectorApplyState): boolean {
  return state === "applied" || state === "failed" || state === "superseded";
}

/** One sentence for the outcome so far. `tookMs` counts from the click until the last connected collector answered. */
export function applySentence(summary: ApplySummary, took: string | null): string {
  const { total, applied, failed, offline, waiting } = summary;
  if (total === 0) return "No collector is enrolled. The first one that connects gets this.";
  const reachable = total - offline;
  if (waiting > 0)
    return `${applied} of ${reachable} ${reachable === 1 ? "collector has" : "collectors have"} taken it${failed > 0 ? `, ${failed} refused it` : ""}.`;
  if (reachable === 0) return `${total === 1 ? "The collector is" : `All ${total} collectors are`} offline and will get this on return.`;
  const rest = offline > 0 ? ` ${offline} offline will get it on return.` : "";
  if (failed > 0) return `${failed} of ${reachable} refused it and run what they ran before; ${applied} took it.${rest}`;
  return `${applied === 1 ? "The collector has" : `All ${applied} connected collectors have`} taken it${took === null ? "" : ` in ${took}`}.${rest}`;
}
