import { apiTokenProblem } from "#domain/auth/apiToken.ts";
import type { Role, RoleGrants } from "#domain/auth/role.ts";
import type { Scope } from "#domain/auth/scopes.ts";
import type { AuditOrigin } from "../db/audit.ts";
import type { Database } from "../db/database.ts";
import { grantsOf } from "../db/roleGrants.ts";
import { hashToken } from "../db/secretBox.ts";
import { toRole } from "../db/toRole.ts";
import { toScopes } from "../db/toScopes.ts";
import { AppError } from "../errors/appError.ts";
import { isDatabaseDown } from "../errors/databaseErrors.ts";
import type { SignInLimiter } from "./signInLimiter.ts";

/** Whom a token speaks for, with the role that they have now, and what of it the token may. */
export type TokenCaller = {
  id: string;
  name: string;
  email: string;
  role: Role;
  grants: RoleGrants;
  token: { id: string; name: string; scopes: Scope[]; expiresAtMs: number };
};

export type ApiTokens = {
  /** Throws UNAUTHENTICATED, saying what is wrong with the token, and TOO_MANY where there were too many tries. */
  callerOf(token: string, from: AuditOrigin): Promise<TokenCaller>;
  forgetAll(): void;
};

export type ApiTokensOptions = {
  db: Database;
  nowMs: () => number;
  limiter: SignInLimiter;
  /** Told of each token that is refused, as often as it is looked up: at most once in 10 s for one token. */
  refused: (token: { id: string; name: string } | null, reason: string, from: AuditOrigin) => Promise<void>;
};

const FRESH_MS = 10_000;
const KEPT_MS = 15 * 60_000;
const TOKENS_MAX = 5_000;
const LAST_USED_EVERY_MS = 60_000;

type Entry = { caller: TokenCaller | null; problem: string; readAtMs: number };

/**
 * Who calls with which token. As with sessions, what was read is good for 10 s, and while the database is down for 15 min; a change to a token or a
 * person makes every replica read again. Only texts that are no token here count as guesses, so a program whose token has expired locks nobody out.
 */
export function createApiTokens({ db, nowMs, limiter, refused }: ApiTokensOptions): ApiTokens {
  const entries = new Map<string, Entry>();

  async function read(tokenHash: string, from: AuditOrigin): Promise<Entry> {
    const now = nowMs();
    const row = await db.apiToken.findUnique({ where: { tokenHash }, include: { owner: true } });
    if (!row) {
      limiter.failed(from.ip ?? "");
      return refuse(null, "this API token is not known here: another server made it, or its owner was removed", from);
    }
    const { id, name, owner, scopes, expiresAt, revokedAt, lastUsedAt } = row;
    if (revokedAt) return refuse({ id, name }, `the API token “${name}” was revoked at ${inUtc(revokedAt)}; make a new one under Settings, API tokens`, from);
    const caller: TokenCaller = {
      id: owner.id,
      name: owner.name,
      email: owner.email,
      role: toRole(owner.role),
      grants: await grantsOf(db, owner.id),
      token: { id, name, scopes: toScopes(scopes), expiresAtMs: expiresAt.getTime() },
    };
    if (expiresAt.getTime() <= now) return refuse({ id, name }, expiredInWords(caller.token), from);
    const due = new Date(now - LAST_USED_EVERY_MS);
    if (!lastUsedAt || lastUsedAt <= due)
      await db.apiToken.updateMany({ where: { id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lte: due } }] }, data: { lastUsedAt: new Date(now) } });
    return { caller, problem: "", readAtMs: now };
  }

  async function refuse(token: { id: string; name: string } | null, problem: string, from: AuditOrigin): Promise<Entry> {
    await refused(token, problem, from);
    return { caller: null, problem, readAtMs: nowMs() };
  }

  function keep(key: string, entry: Entry): void {
    entries.delete(key);
    entries.set(key, entry);
    for (const oldest of entries.keys()) {
      if (entries.size <= TOKENS_MAX) break;
      entries.delete(oldest);
    }
  }

  /** The caller of an entry, or its problem; a token also expires between two looks at the database. */
  function answer({ caller, problem }: Entry): TokenCaller {
    if (!caller) throw new AppError("UNAUTHENTICATED", problem);
    if (caller.token.expiresAtMs <= nowMs()) throw new AppError("UNAUTHENTICATED", expiredInWords(caller.token));
    return caller;
  }

  return {
    async callerOf(token, from) {
      const key = hashToken(token);
      const known = entries.get(key);
      if (known && nowMs() - known.readAtMs < FRESH_MS) return answer(known);
      if (!known?.caller) {
        const wait = limiter.waitSeconds(from.ip ?? "");
        if (wait !== null) throw new AppError("TOO_MANY", `too many calls with tokens that are none; try again in ${wait} s`);
      }
      const typo = apiTokenProblem(token);
      if (typo !== null) {
        limiter.failed(from.ip ?? "");
        throw new AppError("UNAUTHENTICATED", typo);
      }
      try {
        const entry = await read(key, from);
        keep(key, entry);
        return answer(entry);
      } catch (error) {
        const usable = known?.caller && isDatabaseDown(error) && nowMs() - known.readAtMs < KEPT_MS;
        if (usable) return answer(known);
        throw error;
      }
    },
    forgetAll() {
      for (const entry of entries.values()) entry.readAtMs = Math.min(entry.readAtMs, nowMs() - FRESH_MS);
    },
  };
}

function expiredInWords({ name, expiresAtMs }: { name: string; expiresAtMs: number }): string {
  return `the API token “${name}” expired at ${inUtc(new Date(expiresAtMs))}; make a new one under Settings, API tokens`;
}

/** `2026-11-29 10:40 UTC`. */
function inUtc(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
