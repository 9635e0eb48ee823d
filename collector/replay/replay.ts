import { redactedAsked } from "#domain/sampling/compare/redactedAsked.ts";
import { REPLAY_GAPS_MAX, type ReplayFigures, type ShadowReport, type ShadowState } from "#domain/sampling/compare/shadowReport.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import type { RecordedPart, Recording, RecordingGap } from "../record/recording.ts";
import { PartNarrower } from "./narrowPart.ts";
import { type ReplayWay, replayWay, type WAITING_BOUNDS } from "./replayWay.ts";
import { isOfShare } from "./shareOfTraces.ts";
import { VirtualClock } from "./virtualClock.ts";

/** Pieces in a row that can't be read are one gap; of gaps there are no more than this many, the rest is in the last. */
const UNREAD_MAX = 100;
const UNREAD = "a piece of the recording can't be read";
const NOTHING = "nothing was recorded in the time asked for: ask for more hours, or wait until spans have come and been recorded";

type Parts = {
  recording: Recording;
  /** The policy that runs now, and its number at the control plane. */
  baseline: SamplingPolicy;
  revision: number;
  candidate: SamplingPolicy;
  /** Milliseconds as they pass while it is read, and CPU time of this thread so far. */
  now: () => number;
  cpuMs: () => number;
  bounds?: typeof WAITING_BOUNDS;
};

/**
 * Has two policies decide on what was recorded, under a clock that stands at when it was received, and counts what came of it as a shadow does beside live traffic. Takes the traces
 * that were recorded at the lowest share in it, because of those all spans are there; each stands for 1 / share.
 */
export class Replay {
  readonly #parts: Parts;
  readonly #clock: VirtualClock;
  readonly #way: ReplayWay;
  readonly #narrower = new PartNarrower();
  readonly #share: number;
  readonly #began: number;
  readonly #beganCpu: number;
  readonly #unread: { fromMs: number; untilMs: number; reason: string }[] = [];
  #seenSpans = 0;
  #seenBytes = 0;
  #bytesRead = 0;
  #readUntilMs: number;
  #state: ShadowState = "running";
  #reason = "";
  /** How long it took, once it is over. */
  #tookMs: number | undefined;

  constructor(parts: Parts) {
    const { recording, baseline, candidate, revision, bounds } = parts;
    this.#parts = parts;
    this.#share = recording.share > 0 ? Math.min(1, recording.share) : 1;
    this.#clock = new VirtualClock(recording.fromMs);
    this.#way = replayWay({ baseline, candidate, revision, clock: this.#clock, share: this.#share, bounds });
    this.#began = parts.now();
    this.#beganCpu = parts.cpuMs();
    this.#readUntilMs = recording.fromMs;
  }

  /** Reads all of it, or until the signal aborts; `between` is called after each part, and where it answers with a promise that is waited for. */
  async run(signal: AbortSignal, between: () => Promise<void> | undefined): Promise<void> {
    const { recording } = this.#parts;
    if (recording.bytes === 0) return this.end("refused", NOTHING);
    for await (const { part, bytesRead } of recording.parts(signal)) {
      if (signal.aborted) break;
      this.#take(part);
      this.#bytesRead = bytesRead;
      const waits = between();
      if (waits !== undefined) await waits;
      if (this.#state !== "running") return;
    }
    if (signal.aborted) return this.end("stopped");
    this.#way.finish();
    this.#readUntilMs = recording.untilMs;
    this.end("ended");
  }

  /** For another reason than that all was read, or the signal. */
  end(state: ShadowState, reason = ""): void {
    if (this.#state !== "running") return;
    this.#state = state;
    this.#reason = reason;
    this.#tookMs = this.#parts.now() - this.#began;
  }

  #take({ atMs, request, share, seenSpans, seenBytes }: RecordedPart): void {
    this.#clock.moveTo(atMs);
    this.#seenSpans += seenSpans;
    this.#seenBytes += seenBytes;
    const narrowed = share > this.#share ? this.#narrower.narrow(request, (idAt) => isOfShare(request, idAt, this.#share)) : request;
    if (narrowed === undefined || this.#way.take(narrowed) < 0) this.#missed(this.#readUntilMs, atMs);
    this.#readUntilMs = Math.max(this.#readUntilMs, atMs);
  }

  #missed(fromMs: number, untilMs: number): void {
    const last = this.#unread.at(-1);
    if (last !== undefined && (last.untilMs >= fromMs || this.#unread.length === UNREAD_MAX)) last.untilMs = untilMs;
    else this.#unread.push({ fromMs, untilMs, reason: UNREAD });
  }

  report(): ShadowReport {
    const report = this.#way.report();
    const late = this.#way.late();
    // What follows an earlier decision is in no count, and so not in this one.
    const seen = (all: number, later: number, compared: number) => Math.max(compared, all - later / this.#share);
    const { counts } = report;
    const cpuMs = this.#parts.cpuMs() - this.#beganCpu;
    return {
      ...report,
      state: this.#state,
      reason: this.#reason,
      countingSinceMs: this.#parts.recording.fromMs,
      windowMs: this.#coveredMs(),
      share: this.#share,
      cpuMs,
      threadCpuMs: cpuMs,
      counts: {
        ...counts,
        seen: { spans: seen(this.#seenSpans, late.spans, counts.compared.spans), bytes: seen(this.#seenBytes, late.bytes, counts.compared.bytes) },
      },
      replay: this.#figures(counts.compared.spans),
    };
  }

  #figures(spans: number): ReplayFigures {
    const { recording, baseline, candidate, now } = this.#parts;
    const gaps: readonly RecordingGap[] = [...recording.gaps, ...this.#unread];
    const longest = [...gaps].sort((a, b) => lengthOf(b) - lengthOf(a)).slice(0, REPLAY_GAPS_MAX);
    const seconds = (this.#tookMs ?? now() - this.#began) / 1000;
    return {
      progress: this.#state === "ended" ? 1 : Math.min(1, this.#bytesRead / Math.max(1, recording.bytes)),
      fromMs: recording.fromMs,
      untilMs: recording.untilMs,
      recordedShare: this.#share,
      spans,
      spansPerS: seconds > 0 ? Math.round(spans / seconds) : 0,
      decidedEarly: this.#way.decidedEarly(),
      redacted: redactedAsked([baseline, candidate], recording.redacted).slice(0, 100),
      gaps: longest.sort((a, b) => a.fromMs - b.fromMs).map(({ reason, ...gap }) => ({ ...gap, reason: reason.slice(0, 200) })),
      gapsLeftOut: gaps.length - longest.length,
    };
  }

  /** What has been read of the time asked for, without gaps. What came in a piece that can't be read is known, and was seen. */
  #coveredMs(): number {
    const { fromMs, gaps } = this.#parts.recording;
    let covered = Math.max(0, this.#readUntilMs - fromMs);
    let after = fromMs;
    for (const gap of [...gaps].sort((a, b) => a.fromMs - b.fromMs)) {
      const from = Math.max(after, gap.fromMs);
      const until = Math.min(this.#readUntilMs, gap.untilMs);
      if (until <= from) continue;
      covered -= until - from;
      after = until;
    }
    return covered;
  }
}

function lengthOf({ fromMs, untilMs }: RecordingGap): number {
  return untilMs - fromMs;
}
