import type { AuditOrigin } from "../db/audit.ts";
import type { ApiTokens, TokenCaller } from "./apiTokens.ts";
import type { Sessions, SignedIn } from "./sessions.ts";

export type KnownCaller = ({ kind: "person" } & SignedIn) | ({ kind: "token" } & TokenCaller) | { kind: "nobody" };

export type Callers = {
  /** Who sends these headers: a token's word goes before a session's, and a token that is not good is never passed over. Throws what is wrong with it. */
  callerOf(headers: Headers, from: AuditOrigin): Promise<KnownCaller>;
  forgetAll(): void;
};

const BEARER = /^Bearer(?: +(.*))?$/i;

/** The one way to ask who is calling. */
export function createCallers({ sessions, apiTokens }: { sessions: Sessions; apiTokens: ApiTokens }): Callers {
  return {
    async callerOf(headers, from) {
      const bearer = BEARER.exec(headers.get("authorization") ?? "");
      if (bearer) return { kind: "token", ...(await apiTokens.callerOf(bearer[1] ?? "", from)) };
      const person = await sessions.personOf(headers);
      return person ? { kind: "person", ...person } : { kind: "nobody" };
    },
    forgetAll() {
      sessions.forgetAll();
      apiTokens.forgetAll();
    },
  };
}
