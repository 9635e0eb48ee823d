import type { Auth } from "./auth.ts";
import type { SignInLimiter } from "./signInLimiter.ts";

/** What of the sign-in library can be reached; anything else of it answers 404. */
const ROUTES = new Set(["POST /api/auth/sign-in/email", "POST /api/auth/sign-out", "GET /api/auth/get-session"]);

export type AuthRoutes = {
  answer(request: Request, ip: string): Promise<Response>;
  /** Signs somebody in whose one-time link was just used: no try at guessing, so no limit. `like` brings the browser's headers. */
  signInAfterSetup(like: Request, credentials: { email: string; password: string }): Promise<Response>;
};

export function createAuthRoutes({ auth, limiter, onSignedOut }: { auth: Auth; limiter: SignInLimiter; onSignedOut: () => void }): AuthRoutes {
  return {
    async answer(request, ip) {
      const { pathname } = new URL(request.url);
      if (!ROUTES.has(`${request.method} ${pathname}`)) return Response.json({ message: "there is nothing here" }, { status: 404 });
      if (pathname.endsWith("/sign-in/email")) return signIn(request, ip);
      const response = await auth.handler(request);
      if (pathname.endsWith("/sign-out")) onSignedOut();
      return response;
    },
    signInAfterSetup: (like, credentials) => auth.handler(withCredentials(like, credentials)),
  };

  async function signIn(request: Request, ip: string): Promise<Response> {
    const credentials = readCredentials(await request.text());
    if (!credentials) return Response.json({ message: "send e-mail and password as JSON" }, { status: 400 });
    const waitSeconds = limiter.admit(ip, credentials.email);
    if (waitSeconds !== null) {
      const message = `too many tries to sign in; try again in ${waitSeconds} s`;
      return Response.json({ message }, { status: 429, headers: { "retry-after": String(waitSeconds) } });
    }
    const response = await auth.handler(withCredentials(request, credentials));
    if (response.ok) limiter.succeeded(ip, credentials.email);
    else if (response.status < 500) return Response.json({ message: "e-mail or password is not right" }, { status: 401 });
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
