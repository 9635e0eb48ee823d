import type { AuditOrigin } from "../db/audit.ts";
import type { Auth } from "./auth.ts";
import type { SignInRecorder } from "./recordSignIn.ts";
import { SIGN_ON_CALLBACK, SIGN_ON_START, type SignOnRoutes } from "./sign-on/signOnRoutes.ts";
import type { SignInLimiter } from "./signInLimiter.ts";

/** What of the sign-in library can be reached; anything else of it answers 404. */
const ROUTES = new Set([
  "POST /api/auth/sign-in/email",
  "POST /api/auth/sign-out",
  "GET /api/auth/get-session",
  `GET ${SIGN_ON_START}`,
  `GET ${SIGN_ON_CALLBACK}`,
]);

export type AuthRoutes = {
  answer(request: Request, from: SignInOrigin): Promise<Response>;
  /** Signs somebody in whose one-time link was just used: no try at guessing, so no limit. `like` brings the browser's headers. */
  signInAfterSetup(like: Request, credentials: { email: string; password: string }, from: SignInOrigin): Promise<Response>;
};

type SignInOrigin = AuditOrigin & { ip: string };
type AuthRoutesOptions = {
  auth: Auth;
  limiter: SignInLimiter;
  recorder: SignInRecorder;
  signOn: SignOnRoutes;
  passwordsOff: () => Promise<boolean>;
  onSignedOut: () => void;
};

export function createAuthRoutes({ auth, limiter, recorder, signOn, passwordsOff, onSignedOut }: AuthRoutesOptions): AuthRoutes {
  return {
    async answer(request, from) {
      const { pathname } = new URL(request.url);
      if (!ROUTES.has(`${request.method} ${pathname}`)) return Response.json({ message: "there is nothing here" }, { status: 404 });
      if (pathname.endsWith("/sign-in/email")) return signIn(request, from);
      if (pathname.endsWith("/sign-out")) return signOut(request, from);
      if (pathname === SIGN_ON_START) return signOn.start(request, from);
      if (pathname === SIGN_ON_CALLBACK) return signOn.callback(request, from);
      return auth.handler(request);
    },
    signInAfterSetup: (like, credentials, from) => withEvent(auth.handler(withCredentials(like, credentials)), from),
  };

  /** Whoever was signed in without an event is not told so: the cookie is in the answer, and that is not given. */
  async function withEvent(answering: Promise<Response>, from: SignInOrigin): Promise<Response> {
    const response = await answering;
    if (!response.ok) return response;
    const { token, user } = (await response.clone().json()) as { token: string; user: { id: string; name: string } };
    await recorder.signedIn({ id: user.id, name: user.name, sessionToken: token }, from);
    return response;
  }

  async function signOut(request: Request, from: SignInOrigin): Promise<Response> {
    const known = await auth.api.getSession({ headers: request.headers });
    const response = await auth.handler(request);
    if (known) await recorder.signedOut({ id: known.user.id, name: known.user.name, sessionId: known.session.id }, from);
    onSignedOut();
    return response;
  }

  async function signIn(request: Request, from: SignInOrigin): Promise<Response> {
    const credentials = readCredentials(await request.text());
    if (!credentials) return Response.json({ message: "send e-mail and password as JSON" }, { status: 400 });
    if (await passwordsOff()) {
      await recorder.failed(credentials.email, "passwords are off", from);
      return Response.json({ message: "passwords are off here; use single sign-on" }, { status: 403 });
    }
    const waitSeconds = limiter.admit(from.ip, credentials.email);
    if (waitSeconds !== null) {
      await recorder.failed(credentials.email, "too many tries", from);
      const message = `too many tries to sign in; try again in ${waitSeconds} s`;
      return Response.json({ message }, { status: 429, headers: { "retry-after": String(waitSeconds) } });
    }
    const response = await withEvent(auth.handler(withCredentials(request, credentials)), from);
    if (response.ok) limiter.succeeded(from.ip, credentials.email);
    else if (response.status < 500) {
      await recorder.failed(credentials.email, "e-mail or password is not right", from);
      return Response.json({ message: "e-mail or password is not right" }, { status: 401 });
    }
    return response;
  }
}

function withCredentials(like: Request, credentials: { email: string; password: string }): Request {
  const headers = new Headers(like.headers);
  for (const name of ["content-length", "transfer-encoding", "cookie"]) headers.delete(name);
  headers.set("content-type", "application/json");
  return new Request(new URL("/api/auth/sign-in/email", like.url), { method: "POST", headers, body: JSON.stringify(credentials) });
}

function readCredentials(text: string): { email: string; password: string } | null {
  try {
    const { email, password } = JSON.parse(text) as Record<string, unknown>;
    return typeof email === "string" && typeof password === "string" && email.length <= 254 ? { email: email.toLowerCase(), password } : null;
  } catch {
    return null;
  }
}
