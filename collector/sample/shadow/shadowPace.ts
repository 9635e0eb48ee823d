import { SHADOW_CPU_SHARE_MAX } from "#domain/sampling/compare/shadowReport.ts";

const LOOK_MS = 250;
/** Room below the bound: the share is set by what was and not by what comes, and a part of the cost (colder caches) is in nobody's measure. */
const AIM = 0.6 * SHADOW_CPU_SHARE_MAX;
/** So much of one core is always allowed: a collector with nothing to do would otherwise not be allowed to compare what little comes. */
const IDLE_SHARE = 0.01;
const SHARE_MIN = 1 / 1024;
const GROW = 1.25;
/** So much may be spent above the bound before fewer traces are compared: the first comparisons run before their code is compiled, and a short burst is no reason. */
const CREDIT_MS = 300;
const WORDS = 4294967296;
const BELIEVED_TIMES = 20;
const USUAL_OVER = 64;

/** Which traces are compared, for how many each stands, and what that costs. */
export type Pace = Pick<ShadowPace, "share" | "cpuMs" | "threadCpuMs" | "takes" | "spent" | "look">;

/** Of traces that were chosen before: all are compared, and each stands for 1 / share. */
export function chosenBefore(share: number): Pace {
  return { share, cpuMs: 0, threadCpuMs: 0, takes: () => true, spent() {}, look() {} };
}

/** Keeps what a comparison costs below its share of the thread's CPU time, by the share of traces that are compared: chosen by their id, so that more of them only adds. */
export class ShadowPace {
  share = 1;
  #limit = WORDS;
  cpuMs = 0;
  threadCpuMs = 0;
  #spentMs = 0;
  /** Per span there was, over the last comparisons. */
  #usual = 0;
  #creditMs = CREDIT_MS;
  #lookedAt: number;
  #cpuAt: number;
  readonly #threadCpu: () => number;

  /** `threadCpu`: milliseconds of CPU time that the thread has taken so far. */
  constructor(now: number, threadCpu: () => number) {
    this.#threadCpu = threadCpu;
    this.#lookedAt = now;
    this.#cpuAt = threadCpu();
  }

  /** Whether a trace whose id ends with these two words is among those compared now. W3C trace context has them random; where they count up, they are spread here. */
  takes(c: number, d: number): boolean {
    return this.share === 1 || Math.imul(d ^ (d >>> 15) ^ Math.imul(c, 0x85ebca77), 0x9e3779b1) >>> 0 < this.#limit;
  }

  /**
   * What comparing took by the clock, over `spans` spans that were there. The system's own account of CPU time is too coarse for it (it counts in ticks of
   * milliseconds on many machines); a time in which somebody else had the core shows as many times the usual one, and is not believed.
   */
  spent(clockMs: number, spans: number): void {
    const perSpan = clockMs / Math.max(1, spans);
    const believed = this.#usual === 0 ? perSpan : Math.min(perSpan, BELIEVED_TIMES * this.#usual);
    this.#usual += (believed - this.#usual) / (this.#usual === 0 ? 1 : USUAL_OVER);
    const ms = believed * Math.max(1, spans);
    this.#spentMs += ms;
    this.cpuMs += ms;
  }

  look(now: number): void {
    const elapsed = now - this.#lookedAt;
    if (elapsed < LOOK_MS) return;
    const cpu = this.#threadCpu();
    const used = Math.max(0, cpu - this.#cpuAt);
    const allowed = Math.max(AIM * used, IDLE_SHARE * elapsed);
    this.#creditMs = Math.min(CREDIT_MS, Math.max(0, this.#creditMs + allowed - this.#spentMs));
    if (this.#spentMs > allowed && this.#creditMs === 0) this.share = Math.max(SHARE_MIN, (this.share * allowed) / this.#spentMs);
    else if (this.share < 1 && this.#spentMs * GROW < allowed) this.share = Math.min(1, this.share * GROW);
    this.#limit = this.share * WORDS;
    this.threadCpuMs += used;
    this.#spentMs = 0;
    this.#lookedAt = now;
    this.#cpuAt = cpu;
  }
}
