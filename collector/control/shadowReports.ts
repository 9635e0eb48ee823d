import { SHADOW_MINUTES_MAX, type ShadowReport } from "#domain/sampling/compare/shadowReport.ts";
import { samplingPolicySchema } from "#domain/sampling/samplingPolicy.ts";
import { formatProblem, parseOrProblems } from "#domain/validation/problems.ts";
import { messageOf } from "../appError.ts";
import type { Clock } from "../clock.ts";
import type { Plane } from "../plane/plane.ts";
import type { CollectorMessageFields, ServerMessageFields } from "./fleetMethods.ts";

export const SHADOW_REPORT_MS = 2000;

type Asked = NonNullable<ServerMessageFields["shadow"]>;
type Send = (report: NonNullable<CollectorMessageFields["shadowReport"]>) => void;

/** Candidates that the control plane tries on this collector's traffic: starts and stops them, and says what they count for as long as one runs. */
export class ShadowReports {
  readonly #plane: Pick<Plane, "startShadow" | "stopShadow" | "shadowReport">;
  readonly #clock: Clock;
  #running = "";
  #cancel: () => void = () => {};

  constructor(plane: Pick<Plane, "startShadow" | "stopShadow" | "shadowReport">, clock: Clock) {
    this.#plane = plane;
    this.#clock = clock;
  }

  /** Never rejects: what is wrong is in a report. */
  async take({ shadowId, policy, minutes }: Asked, send: Send): Promise<void> {
    const id = shadowId ?? "";
    if (!policy) return this.#stop(id, send);
    // After a new connection it is asked for again.
    if (id === this.#running) return;
    const problem = await this.#start(policy, minutes ?? 0);
    if (problem !== undefined) return send({ shadowId: id, report: JSON.stringify({ problem }) });
    this.#running = id;
    this.#cancel();
    await this.#report(id, send);
  }

  async #stop(id: string, send: Send): Promise<void> {
    if (id !== this.#running) return;
    await this.#plane.stopShadow();
    this.#cancel();
    await this.#report(id, send);
  }

  async #start(text: string, minutes: number): Promise<string | undefined> {
    try {
      const policy = parseOrProblems(samplingPolicySchema, JSON.parse(text));
      if (!policy.ok) return formatProblem(policy.problems[0]);
      if (!(minutes > 0)) return "the time that it shall run is over already";
      await this.#plane.startShadow({ policy: policy.value, minutes: Math.min(minutes, SHADOW_MINUTES_MAX) });
      return undefined;
    } catch (error) {
      return messageOf(error);
    }
  }

  async #report(id: string, send: Send): Promise<void> {
    let report: ShadowReport | undefined;
    try {
      report = await this.#plane.shadowReport();
    } catch {
      // The data plane is stopping, and the process with it.
      return;
    }
    if (id !== this.#running || report === undefined) return;
    send({ shadowId: id, report: JSON.stringify(report) });
    const runs = report.state === "running" || report.state === "refused";
    if (!runs) this.#running = "";
    else this.#cancel = this.#clock.after(SHADOW_REPORT_MS, () => void this.#report(id, send));
  }
}
