import { REPLAY_BACK_MS_MAX, type ShadowReport, type ShadowState } from "#domain/sampling/compare/shadowReport.ts";
import { type SamplingPolicy, samplingPolicySchema } from "#domain/sampling/samplingPolicy.ts";
import { formatProblem, parseOrProblems } from "#domain/validation/problems.ts";
import { messageOf } from "../appError.ts";
import type { Plane } from "../plane/plane.ts";
import { noReplay } from "../replay/noReplay.ts";
import type { Replayer, RunningReplay } from "../replay/replayer.ts";
import type { CollectorMessageFields, ServerMessageFields } from "./fleetMethods.ts";

type Asked = NonNullable<ServerMessageFields["replay"]>;
type Send = (report: NonNullable<CollectorMessageFields["shadowReport"]>) => void;
type Running = { id: string; replay: RunningReplay; last: ShadowReport | undefined; send: Send };
type Parts = {
  replayer: Replayer;
  plane: Pick<Plane, "config" | "figures">;
  dataDir: string;
  revision: () => number;
};

const IS_OFF =
  "this collector records nothing: turn recording on in the pipeline settings of its group, and try again once it has recorded the hours that you want to try a policy over";
const TIGHT = "memory of the collector was tight, and what it delivers goes first; try it over fewer hours, or when less traffic comes";

/** Candidates that the control plane tries over what this collector has recorded, one at a time: starts and stops them, and says what they count. */
export class ReplayReports {
  readonly #parts: Parts;
  #running: Running | undefined;
  /** Of the one that ended last: whoever was not connected then asks again. */
  #last: { id: string; report: ShadowReport } | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Never throws: what is wrong is in a report. */
  take({ shadowId, policy, backMs }: Asked, send: Send): void {
    const id = shadowId ?? "";
    const running = this.#running;
    const last = this.#last;
    if (running?.id === id) return this.#goOn(running, !policy, send);
    if (last?.id === id) return this.#send(id, last.report, send);
    // Of a process before this one, perhaps: it does not run here.
    if (!policy) return this.#refuse(id, "", send, "stopped");
    if (running !== undefined) {
      return this.#refuse(id, "this collector tries another policy over its recording, and does so one at a time: stop that one, or wait for its end", send);
    }
    const candidate = parsedPolicy(policy);
    if ("problem" in candidate) return this.#refuse(id, candidate.problem, send);
    if (!((backMs ?? 0) > 0)) return this.#refuse(id, "there is no time in what it shall be tried over", send);
    if (!this.#parts.plane.config.pipeline.recording.enabled) return this.#refuse(id, IS_OFF, send);
    this.#start(id, candidate.value, Math.min(backMs ?? 0, REPLAY_BACK_MS_MAX), send);
  }

  #start(id: string, candidate: SamplingPolicy, backMs: number, send: Send): void {
    const { replayer, plane, dataDir, revision } = this.#parts;
    const task = { dataDir, backMs, candidate, baseline: plane.config.sampling, revision: revision() };
    const replay = replayer.start(task, (report) => {
      running.last = report;
      this.#send(id, report, running.send);
      void this.#lookAtMemory(running);
    });
    const running: Running = { id, replay, last: undefined, send };
    this.#running = running;
    void replay.over.then((report) => {
      this.#running = undefined;
      this.#last = { id, report };
      this.#send(id, report, running.send);
    });
  }

  #goOn(running: Running, stops: boolean, send: Send): void {
    running.send = send;
    if (stops) running.replay.cancel();
    else if (running.last !== undefined) this.#send(running.id, running.last, send);
  }

  async #lookAtMemory({ replay }: Running): Promise<void> {
    try {
      if ((await this.#parts.plane.figures()).memory.state !== "ok") replay.cancel("memory", TIGHT);
    } catch {
      // The data plane is stopping, and the process with it.
    }
  }

  #refuse(id: string, reason: string, send: Send, state: ShadowState = "refused"): void {
    this.#send(id, noReplay(state, reason, this.#parts.plane.config.sampling, this.#parts.revision()), send);
  }

  #send(id: string, report: ShadowReport, send: Send): void {
    send({ shadowId: id, report: JSON.stringify(report) });
  }
}

function parsedPolicy(text: string): { value: SamplingPolicy } | { problem: string } {
  try {
    const policy = parseOrProblems(samplingPolicySchema, JSON.parse(text));
    return policy.ok ? { value: policy.value } : { problem: formatProblem(policy.problems[0]) };
  } catch (error) {
    return { problem: `the policy is not valid JSON: ${messageOf(error)}` };
  }
}
