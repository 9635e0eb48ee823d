import { type AuditOrigin, audit } from "../db/audit.ts";
import type { Database } from "../db/database.ts";
import type { FailedSignIns } from "./failedSignIns.ts";

export type SignInRecorder = {
  signedIn(person: { id: string; name: string; sessionToken: string; method?: "single sign-on" }, from: AuditOrigin): Promise<void>;
  /** `cause`: what a provider said, for the detail alone. */
  failed(email: string | null, reason: string, from: AuditOrigin, cause?: string): Promise<void>;
  /** An API token that was not let in; null for one that is not known. */
  tokenRefused(token: { id: string; name: string } | null, reason: string, from: AuditOrigin): Promise<void>;
  signedOut(person: { id: string; name: string; sessionId: string }, from: AuditOrigin): Promise<void>;
};

/** What the sign-in library does, as audit events. A session is told with the address that we have seen, not with what a header says. */
export function createSignInRecorder(db: Database, failures: FailedSignIns, tokenFailures: FailedSignIns): SignInRecorder {
  return {
    async signedIn({ id, name, sessionToken, method }, from) {
      await db.$transaction(async (tx) => {
        const seen = { ipAddress: from.ip ?? null, userAgent: from.agent ?? null };
        await tx.session.updateMany({ where: { token: sessionToken }, data: seen });
        const session = await tx.session.findUnique({ where: { token: sessionToken }, select: { id: true } });
        const detail = method && { method };
        await audit(tx, { by: { id, name, from }, action: "session.signIn", entity: "session", entityId: session?.id, detail });
      });
    },
    async failed(email, reason, from, cause) {
      const unrecorded = failures.take();
      if (unrecorded === null) return;
      const detail = { ...(email !== null && { email }), reason, ...(cause !== undefined && { cause }), ...(unrecorded > 0 && { unrecorded }) };
      await db.$transaction((tx) =>
        audit(tx, { by: { id: null, name: "Somebody", kind: "nobody", from }, action: "session.signInFailed", entity: "session", detail }),
      );
    },
    async tokenRefused(token, reason, from) {
      const unrecorded = tokenFailures.take();
      if (unrecorded === null) return;
      const detail = { reason, ...(unrecorded > 0 && { unrecorded }) };
      const by = { id: null, name: "Somebody", kind: "nobody" as const, from };
      await db.$transaction((tx) => audit(tx, { by, action: "apiToken.refused", entity: "apiToken", entityId: token?.id, entityName: token?.name, detail }));
    },
    async signedOut({ id, name, sessionId }, from) {
      await db.$transaction((tx) => audit(tx, { by: { id, name, from }, action: "session.signOut", entity: "session", entityId: sessionId }));
    },
  };
}
