import type { ShadowKind } from "#domain/sampling/compare/shadowReport.ts";
import { toAppError } from "../errors/appError.ts";
import { endFinishedReplays } from "../services/compare/endFinishedReplays.ts";
import { readShadowReport } from "../services/compare/readShadowReport.ts";
import type { ServiceContext } from "../services/context.ts";
import { type NewShadowReport, recordShadowReports } from "../services/fleet-channel/recordShadowReports.ts";
import { type RunningShadow, runningShadows } from "../services/fleet-channel/runningShadows.ts";
import type { CollectorSession } from "./collectorSession.ts";

const SAVE_EVERY_MS = 1000;
/** Less is not worth beginning. */
const REMAINING_MS_MIN = 2000;
const KINDS: readonly ShadowKind[] = ["live", "replay"];
const TOO_OLD: Record<ShadowKind, string> = {
  live: "it is of a version that can't try policies; update it",
  replay: "it is of a version that can't try policies over a recording; update it",
};

type Options = {
  ctx: ServiceContext;
  sessions: () => Iterable<CollectorSession>;
  log: { warn(fields: object, message: string): void };
};

/**
 * Tells the collectors whose stream this process holds what they shall try, and keeps what they report: the latest of each in memory, all of them in one write a second,
 * so that every replica reads the same. What shall run stands in rows; it is read whenever it changes, a collector connects, the database comes back, or the time of a
 * replay is up.
 */
export class ShadowDelivery {
  readonly #options: Options;
  /** By shadow and collector: as many as were asked for at most. What could not be saved waits here, unless newer ones have come. */
  readonly #unsaved = new Map<string, NewShadowReport>();
  #saveTimer: NodeJS.Timeout | undefined;
  #saving: Promise<void> = Promise.resolve();
  #deadlineTimer: NodeJS.Timeout | undefined;
  #running: readonly RunningShadow[] = [];
  /** Reads are numbered as they begin; the last that was taken. */
  #reads = 0;
  #taken = 0;
  /** Reports that could not be understood, or that nobody had asked for. */
  refused = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Reads what shall run, and tells those that don't know it yet. */
  async deliver(): Promise<void> {
    const { ctx, sessions } = this.#options;
    const read = ++this.#reads;
    const running = await runningShadows({ ctx });
    // One that began before another whose answer is here already is old.
    if (read < this.#taken) return;
    this.#taken = read;
    this.#running = running;
    this.#waitForDeadline();
    for (const session of sessions()) for (const kind of KINDS) this.#tell(session, kind);
  }

  reported(session: CollectorSession, shadowId: string, text: string): void {
    const kind = KINDS.find((one) => this.#wantedOf(session.id, one)?.id === shadowId) ?? KINDS.find((one) => session.triedLast(one) === shadowId);
    if (kind === undefined || shadowId === "") return this.#stray(session, shadowId, text);
    const { report, problem } = readShadowReport(text, kind);
    if (report === null) this.refused++;
    const done = kind === "replay" && report?.state !== "running";
    if (done && session.triedLast(kind) === shadowId) session.triedEnough(kind);
    this.#save({ shadowId, collectorId: session.id, report: report === null ? problemOf(problem) : text, done });
  }

  /** It was stopped while this collector was not connected. What has ended by itself is not told to: it would only say so again. */
  #stray(session: CollectorSession, shadowId: string, text: string): void {
    this.refused++;
    for (const kind of KINDS) {
      const state = readShadowReport(text, kind).report?.state;
      if (state === "running" || (state === "refused" && kind === "live")) session.stopShadow(kind, shadowId);
    }
  }

  /** What has not been written yet is. */
  async stop(): Promise<void> {
    clearTimeout(this.#deadlineTimer);
    await this.#saveNow();
    clearTimeout(this.#saveTimer);
  }

  #wantedOf(collectorId: string, kind: ShadowKind): RunningShadow | undefined {
    return this.#running.find((shadow) => shadow.kind === kind && shadow.collectorIds.has(collectorId));
  }

  #tell(session: CollectorSession, kind: ShadowKind): void {
    const wanted = this.#wantedOf(session.id, kind);
    if (wanted === undefined) return session.stopTrying(kind);
    const remainingMs = wanted.endsAtMs - this.#options.ctx.ports.nowMs();
    if (session.triedLast(kind) === wanted.id || wanted.done.has(session.id) || remainingMs < REMAINING_MS_MIN) return;
    if (!session.canTry(kind)) this.#save({ shadowId: wanted.id, collectorId: session.id, report: problemOf(TOO_OLD[kind]), done: kind === "replay" });
    else if (kind === "live") session.startShadow(wanted.id, wanted.policy, remainingMs / 60_000);
    else session.startReplay(wanted.id, wanted.policy, wanted.backMs ?? 0);
  }

  /** A shadow ends by itself; a replay that takes too long is told to. */
  #waitForDeadline(): void {
    clearTimeout(this.#deadlineTimer);
    const ends = this.#running.filter(({ kind }) => kind === "replay").map(({ endsAtMs }) => endsAtMs);
    if (ends.length === 0) return;
    const remainingMs = Math.max(0, Math.min(...ends) - this.#options.ctx.ports.nowMs());
    const deliver = () => this.deliver().catch((error) => this.#warn(error, "replays whose time is up could not be stopped"));
    this.#deadlineTimer = setTimeout(deliver, remainingMs + 1).unref();
  }

  #save(report: NewShadowReport): void {
    if (this.#unsaved.get(keyOf(report))?.done && !report.done) return;
    this.#unsaved.set(keyOf(report), report);
    this.#saveLater();
  }

  #saveLater(): void {
    this.#saveTimer ??= setTimeout(() => void this.#saveNow(), SAVE_EVERY_MS).unref();
  }

  /** One after the other, so that an older report never comes after a newer one. */
  #saveNow(): Promise<void> {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = undefined;
    this.#saving = this.#saving.then(() => this.#saveAll());
    return this.#saving;
  }

  async #saveAll(): Promise<void> {
    const { ctx } = this.#options;
    const reports = [...this.#unsaved.values()];
    this.#unsaved.clear();
    try {
      await recordShadowReports({ ctx, input: reports });
    } catch (error) {
      this.#warn(error, "reports of policies on trial could not be saved");
      if (toAppError(error).code === "UNAVAILABLE") return this.#keep(reports);
      // One that can't be written must not keep the others from it.
      for (const report of reports) await recordShadowReports({ ctx, input: [report] }).catch(() => this.refused++);
    }
    if (!reports.some(({ done }) => done)) return;
    await endFinishedReplays({ ctx }).catch((error) => this.#warn(error, "that a replay is over could not be written down yet"));
  }

  /** For when the database is back: newer ones say all that these did, but of what has ended there are none. */
  #keep(reports: readonly NewShadowReport[]): void {
    for (const report of reports) if (!this.#unsaved.has(keyOf(report))) this.#unsaved.set(keyOf(report), report);
    this.#saveLater();
  }

  #warn(error: unknown, message: string): void {
    this.#options.log.warn({ reason: toAppError(error).message }, message);
  }
}

function keyOf({ shadowId, collectorId }: NewShadowReport): string {
  return `${shadowId} ${collectorId}`;
}

function problemOf(problem: string): string {
  return JSON.stringify({ problem: problem.slice(0, 1000) });
}
