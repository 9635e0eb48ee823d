import { toAppError } from "../errors/appError.ts";
import { readShadowReport } from "../services/compare/readShadowReport.ts";
import type { ServiceContext } from "../services/context.ts";
import { type NewShadowReport, recordShadowReports } from "../services/fleet-channel/recordShadowReports.ts";
import { type RunningShadow, runningShadows } from "../services/fleet-channel/runningShadows.ts";
import type { CollectorSession } from "./collectorSession.ts";

const SAVE_EVERY_MS = 1000;
/** Less is not worth beginning. */
const REMAINING_MS_MIN = 2000;
const TOO_OLD = "it is of a version that can't try policies; update it";

type Options = {
  ctx: ServiceContext;
  sessions: () => Iterable<CollectorSession>;
  log: { warn(fields: object, message: string): void };
};

/**
 * Tells the collectors whose stream this process holds what they shall try, and keeps what they report: the latest of each in memory, all of them in one write a second,
 * so that every replica reads the same. What shall run stands in rows; it is read whenever it changes, a collector connects or the database comes back.
 */
export class ShadowDelivery {
  readonly #options: Options;
  /** By shadow and collector; as many as there are sessions at most, for each tries one. */
  readonly #unsaved = new Map<string, NewShadowReport>();
  #timer: NodeJS.Timeout | undefined;
  #running: readonly RunningShadow[] = [];
  /** Reports that could not be understood, or that nobody had asked for. */
  refused = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Reads what shall run, and tells those that don't know it yet. */
  async deliver(): Promise<void> {
    const { ctx, sessions } = this.#options;
    this.#running = await runningShadows({ ctx });
    for (const session of sessions()) this.#tell(session);
  }

  reported(session: CollectorSession, shadowId: string, report: string): void {
    const wanted = this.#wantedOf(session.id);
    if (wanted?.id !== shadowId && session.shadowId !== shadowId) {
      // It was stopped while this collector was not connected.
      this.refused++;
      session.stopShadow(shadowId);
      return;
    }
    const read = readShadowReport(report);
    if (read.report === null) this.refused++;
    this.#save(shadowId, session.id, read.report === null ? JSON.stringify({ problem: read.problem.slice(0, 1000) }) : report);
  }

  /** What has not been written yet is. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#saveAll();
  }

  #wantedOf(collectorId: string): RunningShadow | undefined {
    return this.#running.find(({ collectorIds }) => collectorIds.has(collectorId));
  }

  #tell(session: CollectorSession): void {
    const wanted = this.#wantedOf(session.id);
    if (wanted === undefined) return session.stopShadow(session.shadowId);
    const remainingMs = wanted.endsAtMs - this.#options.ctx.ports.nowMs();
    if (session.shadowId === wanted.id || remainingMs < REMAINING_MS_MIN) return;
    if (session.canShadow) session.startShadow(wanted.id, wanted.policy, remainingMs / 60_000);
    else this.#save(wanted.id, session.id, JSON.stringify({ problem: TOO_OLD }));
  }

  #save(shadowId: string, collectorId: string, report: string): void {
    this.#unsaved.set(`${shadowId} ${collectorId}`, { shadowId, collectorId, report });
    this.#timer ??= setTimeout(() => void this.#saveAll(), SAVE_EVERY_MS).unref();
  }

  async #saveAll(): Promise<void> {
    this.#timer = undefined;
    const reports = [...this.#unsaved.values()];
    this.#unsaved.clear();
    try {
      await recordShadowReports({ ctx: this.#options.ctx, input: reports });
    } catch (error) {
      // The next ones say all that these did.
      this.#options.log.warn({ reason: toAppError(error).message }, "reports of policies on trial could not be saved");
    }
  }
}
