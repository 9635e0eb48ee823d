export type SignInLimits = { perIp: number; perAccount: number; windowMs: number; keysMax: number; overflowPerWindow: number };
export const SIGN_IN_LIMITS: SignInLimits = { perIp: 20, perAccount: 10, windowMs: 300_000, keysMax: 10_000, overflowPerWindow: 100 };

type Entry = { tries: number; untilMs: number };

/** Counts failed tries to sign in, per address and per account, in windows of five minutes. Bounded: beyond `keysMax` all new keys share one allowance. */
export class SignInLimiter {
  readonly #limits: SignInLimits;
  readonly #nowMs: () => number;
  readonly #entries = new Map<string, Entry>();
  #overflow: Entry = { tries: 0, untilMs: 0 };
  refused = 0;

  constructor(nowMs: () => number, limits: SignInLimits = SIGN_IN_LIMITS) {
    this.#nowMs = nowMs;
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Seconds to wait before the next try; null when this one may go on, and it is counted. */
  admit(ip: string, account: string): number | null {
    const wait = this.#take(`ip ${ip}`, this.#limits.perIp) ?? this.#take(`account ${account.toLowerCase()}`, this.#limits.perAccount);
    if (wait !== null) this.refused++;
    return wait;
  }

  /** Seconds to wait, for an address that has failed too often; null when it may try. Nothing is counted: `failed` does that. */
  waitSeconds(ip: string): number | null {
    const now = this.#nowMs();
    const { perIp, keysMax, overflowPerWindow } = this.#limits;
    const own = this.#entries.get(`ip ${ip}`);
    const [entry, max] = own || this.#entries.size < keysMax ? [own, perIp] : [this.#overflow, overflowPerWindow];
    if (!entry || entry.untilMs <= now || entry.tries < max) return null;
    this.refused++;
    return Math.ceil((entry.untilMs - now) / 1000);
  }

  /** Counts a failed try of an address whose tries are not counted beforehand. */
  failed(ip: string): void {
    this.#take(`ip ${ip}`, this.#limits.perIp);
  }

  /** A successful sign-in clears what was counted against the account, and does not count against the address. */
  succeeded(ip: string, account: string): void {
    this.#entries.delete(`account ${account.toLowerCase()}`);
    const entry = this.#entries.get(`ip ${ip}`);
    if (entry) entry.tries = Math.max(0, entry.tries - 1);
  }

  #take(key: string, max: number): number | null {
    const now = this.#nowMs();
    let entry = this.#entries.get(key);
    if (entry && entry.untilMs <= now) {
      this.#entries.delete(key);
      entry = undefined;
    }
    if (!entry) {
      this.#forgetExpired(now);
      if (this.#entries.size >= this.#limits.keysMax) return this.#takeOverflow(now);
      entry = { tries: 0, untilMs: now + this.#limits.windowMs };
      this.#entries.set(key, entry);
    }
    if (entry.tries >= max) return Math.ceil((entry.untilMs - now) / 1000);
    entry.tries++;
    return null;
  }

  #takeOverflow(now: number): number | null {
    if (this.#overflow.untilMs <= now) this.#overflow = { tries: 0, untilMs: now + this.#limits.windowMs };
    if (this.#overflow.tries >= this.#limits.overflowPerWindow) return Math.ceil((this.#overflow.untilMs - now) / 1000);
    this.#overflow.tries++;
    return null;
  }

  /** Windows are of one length, so the entries that expire first were put in first. */
  #forgetExpired(now: number): void {
    for (const [key, entry] of this.#entries) {
      if (entry.untilMs > now) return;
      this.#entries.delete(key);
    }
  }
}
