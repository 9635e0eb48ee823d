import { randomBytes } from "node:crypto";
import { readIdentity } from "#domain/auth/readIdentity.ts";
import { refusalInShort, type SignOnRefusal } from "#domain/auth/signOnRefusal.ts";
import type { SignOnSettings } from "#domain/auth/signOnSettings.ts";
import type { AuditOrigin } from "../../db/audit.ts";
import type { Database } from "../../db/database.ts";
import type { SealPort } from "../../db/secretBox.ts";
import { readSignOn } from "../../db/signOnSetting.ts";
import { isDatabaseDown } from "../../errors/databaseErrors.ts";
import type { Auth } from "../auth.ts";
import type { SignInRecorder } from "../recordSignIn.ts";
import type { Sessions } from "../sessions.ts";
import { admitPerson } from "./admitPerson.ts";
import type { OidcProvider, ProviderAccess } from "./oidcProvider.ts";
import { toRefusal } from "./toRefusal.ts";

export const SIGN_ON_START = "/api/auth/sso/start";
export const SIGN_ON_CALLBACK = "/api/auth/sso/callback";
/** Each of them may wait for the provider for seconds. */
export const SIGN_ONS_AT_ONCE_MAX = 20;
const NEXT_MAX = 2_000;

export type SignOnRoutes = {
  /** `GET …/start?next=/path`, with `connect=1` for somebody who is signed in: sends the browser to the provider. */
  start(request: Request, from: AuditOrigin): Promise<Response>;
  /** `GET …/callback`: where the provider sends it back. Signs in, or leads to the sign-in page with the reason. */
  callback(request: Request, from: AuditOrigin): Promise<Response>;
};

export type SignOnRoutesOptions = {
  auth: Auth;
  db: Database;
  seal: SealPort;
  provider: OidcProvider;
  recorder: SignInRecorder;
  sessions: Sessions;
  slots: { take(): boolean; release(): void };
  publicUrl: () => string;
  nowMs: () => number;
  report: (detail: string) => void;
};

class Refused extends Error {
  readonly refusal: SignOnRefusal;
  readonly more: { email?: string | null; detail?: string };
  constructor(refusal: SignOnRefusal, more: { email?: string | null; detail?: string } = {}) {
    super(refusal);
    this.refusal = refusal;
    this.more = more;
  }
}

export function createSignOnRoutes(options: SignOnRoutesOptions): SignOnRoutes {
  const { auth, db, seal, provider, recorder, sessions, slots, publicUrl, nowMs, report } = options;
  const redirectUri = () => new URL(SIGN_ON_CALLBACK, publicUrl()).href;

  async function currentSettings(): Promise<{ settings: SignOnSettings; access: ProviderAccess }> {
    const stored = await readSignOn(db);
    if (!stored?.settings.enabled) throw new Refused("off");
    const { issuer, clientId } = stored.settings;
    return { settings: stored.settings, access: { issuer, clientId, clientSecret: stored.sealedSecret === null ? null : seal.open(stored.sealedSecret) } };
  }

  async function begin(request: Request, next: string): Promise<Response> {
    const { searchParams } = new URL(request.url);
    const { settings, access } = await currentSettings();
    const person = searchParams.has("connect") ? await sessions.personOf(request.headers) : null;
    if (searchParams.has("connect") && !person) throw new Refused("state");
    const secrets = { nonce: randomText(), codeVerifier: randomText() };
    const { headers, response } = await auth.api.beginSignOn({
      body: { ...secrets, next, connect: person?.id ?? null },
      headers: request.headers,
      returnHeaders: true,
    });
    const url = await provider.authorizationUrl(access, settings, redirectUri(), { ...secrets, state: response.state }).catch(throwRefused);
    return redirect(url.href, headers.getSetCookie());
  }

  async function finish(
    request: Request,
    from: AuditOrigin,
    begun: { next: string; nonce: string; codeVerifier: string; connect: string | null },
    state: string,
  ) {
    const { settings, access } = await currentSettings();
    if (begun.connect !== null && (await sessions.personOf(request.headers))?.id !== begun.connect) throw new Refused("state");
    const returnedTo = new URL(redirectUri());
    returnedTo.search = new URL(request.url).search;
    const claims = await provider.claims(access, settings, returnedTo, { ...begun, state }).catch(throwRefused);
    const read = readIdentity(claims, settings);
    if (!read.ok) throw new Refused(read.refusal, { email: read.email });
    const admitted = await admitPerson({ db, settings, identity: read.identity, connect: begun.connect, nowMs: nowMs(), from });
    if (!admitted.ok) throw new Refused(admitted.refusal, { email: read.identity.email });
    if (begun.connect !== null) return redirect(begun.next, []);
    const { headers, response } = await auth.api.openSession({ body: { userId: admitted.userId }, headers: request.headers, returnHeaders: true });
    if (!response) throw new Refused("state");
    // Whoever was signed in without an event is not told so: the cookie is given after it.
    await recorder.signedIn({ id: admitted.userId, name: admitted.name, sessionToken: response.token, method: "single sign-on" }, from);
    return redirect(begun.next, headers.getSetCookie());
  }

  /** Answers with what `work` gives, or leads to the sign-in page, or back to Settings, with the reason, which is audited too. */
  async function orRefusal(next: string, connects: boolean, from: AuditOrigin, work: () => Promise<Response>): Promise<Response> {
    try {
      if (!slots.take()) throw new Refused("busy");
      try {
        return await work();
      } finally {
        slots.release();
      }
    } catch (error) {
      const refused = error instanceof Refused ? error : isDatabaseDown(error) ? new Refused("database") : null;
      if (!refused) throw error;
      const { refusal, more } = refused;
      if (more.detail) report(`single sign-on: ${refusal}: ${more.detail}`);
      if (refusal !== "database" && refusal !== "busy" && refusal !== "off")
        await recorder.failed(more.email ?? null, `single sign-on, ${refusalInShort(refusal)}`, from, more.detail).catch((failure) => report(String(failure)));
      if (connects) return redirect(`/settings?sso=${refusal}`, []);
      const search = new URLSearchParams({ sso: refusal, ...(next !== "/" && { next }) });
      return redirect(`/sign-in?${search}`, []);
    }
  }

  return {
    async start(request, from) {
      const url = new URL(request.url);
      const next = safeNext(url.searchParams.get("next"));
      // The provider sends the browser back to the public address, so the cookie has to be that one's.
      const { host, origin } = new URL(publicUrl());
      if (request.headers.get("host") !== host && !url.searchParams.has("moved")) {
        url.searchParams.set("moved", "1");
        return redirect(`${origin}${url.pathname}${url.search}`, []);
      }
      return orRefusal(next, url.searchParams.has("connect"), from, () => begin(request, next));
    },
    async callback(request, from) {
      const state = new URL(request.url).searchParams.get("state") ?? "";
      const { headers, response: begun } = await auth.api.endSignOn({ body: { state }, headers: request.headers, returnHeaders: true });
      const next = begun?.next ?? "/";
      const answer = await orRefusal(next, begun !== null && begun.connect !== null, from, async () => {
        if (!begun) throw new Refused("state");
        return finish(request, from, begun, state);
      });
      for (const cookie of headers.getSetCookie()) answer.headers.append("set-cookie", cookie);
      return answer;
    },
  };
}

function throwRefused(error: unknown): never {
  const { refusal, detail } = toRefusal(error);
  throw new Refused(refusal, { detail });
}

/** A path of this site, never another address that a link smuggled in. */
function safeNext(next: string | null): string {
  if (next === null || next.length > NEXT_MAX || !/^\/(?![/\\])/.test(next) || /[\\\p{Cc}]/u.test(next)) return "/";
  return next;
}

function randomText(): string {
  return randomBytes(48).toString("base64url");
}

function redirect(location: string, cookies: readonly string[]): Response {
  const headers = new Headers({ location, "cache-control": "no-store" });
  for (const cookie of cookies) headers.append("set-cookie", cookie);
  return new Response(null, { status: 302, headers });
}
