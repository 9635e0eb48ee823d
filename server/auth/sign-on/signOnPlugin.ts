import { createAuthEndpoint, generateGenericState, parseGenericState } from "better-auth/api";
import { setSessionCookie } from "better-auth/cookies";
import { z } from "zod";

/** A sign-in has to be finished within so long. */
const BEGUN_FOR_MS = 600_000;
const STATE_COOKIE = { cookieName: "sign_on" };

const begun = z.object({ next: z.string(), nonce: z.string(), codeVerifier: z.string(), connect: z.string().nullable() });
export type BegunSignOn = z.infer<typeof begun>;

/**
 * What single sign-on needs of the sign-in library: a state that is bound to the browser by an encrypted cookie and good once, and sessions. None of it has
 * an address; our routes call it (decision 22).
 */
export const signOnPlugin = {
  id: "headgate-sign-on",
  endpoints: {
    beginSignOn: createAuthEndpoint.serverOnly({ method: "POST", body: begun }, async (ctx) => {
      const { next: callbackURL, codeVerifier, nonce: idTokenNonce, connect } = ctx.body;
      const data = { callbackURL, codeVerifier, idTokenNonce, connect, expiresAt: Date.now() + BEGUN_FOR_MS };
      const { state } = await generateGenericState(ctx, data, STATE_COOKIE);
      return { state };
    }),
    /** Null for a state that is not this browser's, has expired or was used. */
    endSignOn: createAuthEndpoint.serverOnly({ method: "POST", body: z.object({ state: z.string() }) }, async (ctx): Promise<BegunSignOn | null> => {
      const data = await parseGenericState(ctx, ctx.body.state, STATE_COOKIE).catch(() => null);
      const read = begun.safeParse(data && { next: data.callbackURL, nonce: data.idTokenNonce, codeVerifier: data.codeVerifier, connect: data.connect });
      return read.success ? read.data : null;
    }),
    openSession: createAuthEndpoint.serverOnly({ method: "POST", body: z.object({ userId: z.string() }) }, async (ctx): Promise<{ token: string } | null> => {
      const { internalAdapter } = ctx.context;
      const user = await internalAdapter.findUserById(ctx.body.userId);
      const session = user && (await internalAdapter.createSession(user.id));
      if (!session) return null;
      await setSessionCookie(ctx, { session, user });
      return { token: session.token };
    }),
  },
};
