import type { Clock } from "../clock.ts";

/** Below this fill everybody gets in. */
const SCARCE_FROM = 0.5;
const CLIENTS_MAX = 10_000;
const LEVEL_EVERY_MS = 1_000;
/** Rates are averages over about this long, exponentially weighted. */
const RATE_OVER_MS = 5_000;
const FORGOTTEN_AFTER_MS = 30_000;
/** What a client may take at once, and the most it can owe after a large request, in seconds of its share. */
const BURST_S = 2;
const DEBT_S = 30;
/**
 * A client about as busy as the level is not the one that floods: it may take up to so much more than the level, or chance alone would make it meet its bound. The last
 * tenth of the room takes that back.
 */
const SLACK = 0.5;
const NO_SLACK_FROM_LAST = 0.1;

/** `rate`: bytes a second that it asks for, the refused ones included. `tokens`: bytes that it may take now; below zero while it pays for a large request. */
type Account = { rate: number; offered: number; meanBytes: number; tokens: number; filledAt: number; seenAt: number; bornAt: number; scarcity: number };

/**
 * Who gets in while room is scarce. Each client may take up to a level, the max-min fair one (Bertsekas and Gallager, Data Networks, 6.5.2): the largest L at which
 * Σ min(rate, L) is what comes free. So whoever asks for less than L is not touched, and what goes beyond it is refused, by a token bucket for each client. Clients
 * beyond the bound share one account.
 */
export class FairShare<C extends object> {
  readonly #clock: Pick<Clock, "now">;
  readonly #accounts = new Map<C, Account>();
  readonly #crowd: Account;
  #level = 0;
  #levelAt = Number.NEGATIVE_INFINITY;
  #rolledAt: number;
  #slack = 1;
  #isScarce = false;
  /** How often room has become scarce; a bucket is full at the beginning of each. */
  #scarcity = 0;

  constructor(clock: Pick<Clock, "now">) {
    this.#clock = clock;
    this.#rolledAt = clock.now();
    this.#crowd = newAccount(clock.now());
  }

  /** Bytes a second that one client may take; of no meaning while room is not scarce. */
  get level(): number {
    return this.#level;
  }

  get clients(): number {
    return this.#accounts.size;
  }

  /** To be told every 250 ms or so: how full the room is, 0 to 1, and for how many bytes of requests a second there is room. */
  update(fill: number, bytesPerS: number): void {
    const now = this.#clock.now();
    this.#roll(now);
    // A client that is alone takes nothing from anybody.
    const isScarce = fill >= SCARCE_FROM && Number.isFinite(bytesPerS) && this.#accounts.size > 1;
    if (isScarce && now - this.#levelAt >= LEVEL_EVERY_MS) {
      this.#level = fairLevel(this.#rates(), bytesPerS);
      this.#levelAt = now;
    }
    this.#slack = 1 + SLACK * Math.min(1, Math.max(0, (1 - fill) / NO_SLACK_FROM_LAST));
    if (isScarce && !this.#isScarce) this.#scarcity++;
    this.#isScarce = isScarce;
  }

  /** Whether a request can be turned away before it is read: its client has used up its share. Counts as asked for. */
  isSpent(client: C): boolean {
    if (!this.#isScarce) return false;
    const account = this.#accountOf(client);
    if (this.#tokensOf(account) > 0) return false;
    account.offered += account.meanBytes;
    return true;
  }

  /** A request of so many bytes is there; false: it goes beyond its client's share. */
  take(client: C, bytes: number): boolean {
    const account = this.#accountOf(client);
    account.offered += bytes;
    account.meanBytes += (bytes - account.meanBytes) / (account.meanBytes === 0 ? 1 : 8);
    if (!this.#isScarce) return true;
    if (this.#tokensOf(account) <= 0) return false;
    account.tokens = Math.max(account.tokens - bytes, -DEBT_S * this.#level);
    return true;
  }

  #tokensOf(account: Account): number {
    const now = this.#clock.now();
    const slackLevel = this.#level * this.#slack;
    const perS = account.rate <= slackLevel ? slackLevel : this.#level;
    const most = BURST_S * perS;
    if (account.scarcity !== this.#scarcity) {
      account.scarcity = this.#scarcity;
      account.tokens = most;
    } else account.tokens = Math.min(most, account.tokens + (perS * (now - account.filledAt)) / 1000);
    account.filledAt = now;
    return account.tokens;
  }

  #accountOf(client: C): Account {
    const now = this.#clock.now();
    let account = this.#accounts.get(client);
    if (account === undefined) {
      account = this.#accounts.size < CLIENTS_MAX ? newAccount(now) : this.#crowd;
      if (account !== this.#crowd) this.#accounts.set(client, account);
    }
    account.seenAt = now;
    return account;
  }

  #roll(now: number): void {
    const passedMs = now - this.#rolledAt;
    if (passedMs < LEVEL_EVERY_MS) return;
    this.#rolledAt = now;
    const faded = 1 - Math.exp(-passedMs / RATE_OVER_MS);
    const roll = (account: Account) => {
      // Of a young account the plain mean: the average would take seconds to rise from 0.
      const weight = Math.min(1, Math.max(faded, passedMs / (now - account.bornAt)));
      account.rate += weight * ((account.offered / passedMs) * 1000 - account.rate);
      account.offered = 0;
    };
    for (const [client, account] of this.#accounts) {
      if (now - account.seenAt > FORGOTTEN_AFTER_MS) this.#accounts.delete(client);
      else roll(account);
    }
    roll(this.#crowd);
  }

  #rates(): Float64Array {
    const rates = new Float64Array(this.#accounts.size + 1);
    let at = 0;
    for (const { rate } of this.#accounts.values()) rates[at++] = rate;
    rates[at] = this.#crowd.rate;
    return rates;
  }
}

function newAccount(now: number): Account {
  return { rate: 0, offered: 0, meanBytes: 0, tokens: 0, filledAt: now, seenAt: now, bornAt: now, scarcity: -1 };
}

/** L with Σ min(rate, L) = `bytesPerS`; where all rates fit, the highest with what is left over. Sorts `rates`. */
export function fairLevel(rates: Float64Array, bytesPerS: number): number {
  rates.sort();
  let left = Math.max(0, bytesPerS);
  for (let at = 0; at < rates.length; at++) {
    const share = left / (rates.length - at);
    if (rates[at] > share) return share;
    left -= rates[at];
  }
  return (rates.at(-1) ?? 0) + left / Math.max(1, rates.length);
}
