// One piece of over 400 lines: a server, its database and a real provider take seconds to start, and every way to be let in or not is tried on the same ones.
import { spawnSync } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type SignOnSettingsInput, signOnSettingsSchema } from "#domain/auth/signOnSettings.ts";
import { admitPerson } from "#server/auth/sign-on/admitPerson.ts";
import { SIGN_ONS_AT_ONCE_MAX } from "#server/auth/sign-on/signOnRoutes.ts";
import { openDatabase } from "#server/db/database.ts";
import { runningEmbeddedPostgres } from "#server/db/embedded-postgres/embeddedPostgres.ts";
import { type Api, createOwner, OWNER, signIn } from "../fixtures/api.ts";
import { cleanEnvironment } from "../fixtures/environment.ts";
import { CLIENT, startOidcProvider, type TestProvider } from "../fixtures/oidcProvider.ts";
import { SignOnBrowser } from "../fixtures/signOnBrowser.ts";
import { waitFor } from "../fixtures/waitFor.ts";
import { type ServerProcess, startServerProcess } from "./serverProcess.ts";

let server: ServerProcess;
let provider: TestProvider;
let owner: Api;

const settings = (more: Partial<SignOnSettingsInput> = {}): SignOnSettingsInput => ({
  enabled: true,
  issuer: provider.issuer,
  clientId: CLIENT.clientId,
  label: "Acme",
  scopes: [],
  domains: [],
  newPeople: "anybody",
  defaultRole: "viewer",
  roles: null,
  passwords: "on",
  ...more,
});

async function set(more: Partial<SignOnSettingsInput> = {}, clientSecret: string | null = CLIENT.clientSecret): Promise<void> {
  const { updatedAtMs } = await owner.trpc.signOn.get.query();
  await owner.trpc.signOn.set.mutate({ settings: settings(more), clientSecret, basedOnMs: updatedAtMs });
}

async function signOn(login: string, { browser = new SignOnBrowser(), query = "", cancel = false } = {}) {
  const { url } = await browser.open(`${server.http}/api/auth/sso/start${query}`, { login, cancel });
  const cookie = browser.cookiesOf(server.http);
  const me = await (await fetch(`${server.http}/trpc/session.me`, { headers: { cookie } })).json();
  return { path: `${url.pathname}${url.search}`, me: me.result?.data ?? null, browser };
}

const post = (path: string, body: object) =>
  fetch(`${server.http}${path}`, { method: "POST", headers: { "content-type": "application/json", origin: server.http }, body: JSON.stringify(body) });

async function newest(action: string) {
  const { events } = await owner.trpc.audit.list.query({ filter: { action } });
  return events.length === 0 ? null : owner.trpc.audit.get.query({ id: events[0].id });
}

/** Where nothing listens any more. */
async function nobodysAddress(): Promise<string> {
  const once = createServer();
  await new Promise<void>((resolve) => once.listen(0, "127.0.0.1", resolve));
  const { port } = once.address() as AddressInfo;
  await new Promise((resolve) => once.close(resolve));
  return `http://127.0.0.1:${port}`;
}

beforeAll(async () => {
  server = await startServerProcess();
  provider = await startOidcProvider([`${server.http}/api/auth/sso/callback`]);
  owner = await createOwner(server);
  for (const name of ["ann", "bob", "cid", "dee", "eve", "fay", "gus", "hal", "ida"])
    provider.people.set(name, { email: `${name}@example.org`, email_verified: true, name: `${name[0].toUpperCase()}${name.slice(1)} Test`, groups: [] });
});
afterAll(async () => {
  await server?.remove();
  await provider?.stop();
});
afterEach(async () => {
  Object.assign(provider, { changeToken: null, foreignKey: false, nonce: null });
  await set();
});

describe("single sign-on", () => {
  it("is off until an admin sets it up, and then holds for the next sign-in", async () => {
    expect((await signOn("ann")).path).toBe("/sign-in?sso=off");
    await set();
    expect(await owner.trpc.session.waysIn.query()).toEqual({ passwords: true, signOn: { label: "Acme", connected: false } });
    const { path, me, browser } = await signOn("ann", { query: "?next=/fleet%3Fq%3D1" });
    expect(path).toBe("/fleet?q=1");
    expect(me).toMatchObject({ name: "Ann Test", email: "ann@example.org", role: "viewer" });
    const toProvider = new URL(browser.opened.find((url) => url.startsWith(`${provider.issuer}/auth?`)) ?? "");
    expect(Object.fromEntries(toProvider.searchParams)).toMatchObject({
      code_challenge_method: "S256",
      code_challenge: expect.stringMatching(/^.{43}$/),
      nonce: expect.stringMatching(/^.{64}$/),
      state: expect.stringMatching(/^.{32}$/),
      scope: "openid email profile",
    });
    expect(await newest("person.join")).toMatchObject({ actorName: "Ann Test", detail: { by: "single sign-on", issuer: provider.issuer } });
    expect(await newest("session.signIn")).toMatchObject({ actorName: "Ann Test", sentence: "signed in by single sign-on", origin: { ip: "127.0.0.1" } });
    const again = await signOn("ann");
    expect(again.me).toEqual(me);
  });

  it("leads nowhere but to a path of this site", async () => {
    await set();
    for (const next of ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example"])
      expect((await signOn("ann", { query: `?next=${encodeURIComponent(next)}` })).path).toBe("/");
  });

  it("keeps the secret to itself, and asks for it again when it would go to another provider", async () => {
    await set();
    const view = await owner.trpc.signOn.get.query();
    expect(view).toMatchObject({ hasSecret: true, redirectUri: `${server.http}/api/auth/sso/callback`, updatedBy: OWNER.name });
    expect(JSON.stringify([view, await newest("signOn.set")])).not.toContain(CLIENT.clientSecret);
    await set({ label: "Other" }, null);
    expect((await signOn("ann")).me).toMatchObject({ name: "Ann Test" });
    await expect(set({ clientId: "another" }, null)).rejects.toMatchObject({ data: { problems: [{ path: "clientSecret" }] } });
    await expect(set({ issuer: "http://127.0.0.1:1" }, null)).rejects.toMatchObject({ data: { problems: [{ path: "clientSecret" }] } });
  });

  it("does not overwrite what another admin has changed", async () => {
    await set();
    const stale = { settings: settings(), clientSecret: null, basedOnMs: 1 };
    await expect(owner.trpc.signOn.set.mutate(stale)).rejects.toMatchObject({ data: { appCode: "CONFLICT" } });
    const { updatedAtMs } = await owner.trpc.signOn.get.query();
    const both = await Promise.allSettled(
      ["a", "b"].map((label) => owner.trpc.signOn.set.mutate({ settings: settings({ label }), clientSecret: null, basedOnMs: updatedAtMs })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });
});

describe("who comes in", () => {
  it("is only who was invited, where that is set, with the role of the invitation", async () => {
    await set({ newPeople: "invited" });
    expect((await signOn("bob")).path).toBe("/sign-in?sso=invited");
    await owner.trpc.people.invite.mutate({ role: "editor", email: "bob@example.org" });
    expect((await signOn("bob")).me).toMatchObject({ email: "bob@example.org", role: "editor" });
    expect(await newest("person.join")).toMatchObject({ detail: { invitedBy: OWNER.name } });
    const { id } = (await owner.trpc.people.list.query()).find(({ email }) => email === "bob@example.org") ?? { id: "" };
    await owner.trpc.people.remove.mutate({ id });
    expect((await signOn("bob")).path).toBe("/sign-in?sso=invited");
  });

  it("has an address that the provider has verified, of a domain that is allowed", async () => {
    await set({ domains: ["EXAMPLE.org"] });
    expect((await signOn("cid")).me).toMatchObject({ email: "cid@example.org" });
    provider.people.set("mallory", { email: "mallory@evil.example.org.example.com", email_verified: true });
    expect((await signOn("mallory")).path).toBe("/sign-in?sso=domain");
    for (const email_verified of [false, undefined]) {
      provider.people.set("dee", { email: "dee@example.org", email_verified });
      expect((await signOn("dee")).path).toBe("/sign-in?sso=unverified");
    }
    provider.people.set("dee", { name: "Dee" });
    expect((await signOn("dee")).path).toBe("/sign-in?sso=email");
    expect(await newest("session.signInFailed")).toMatchObject({ sentence: "tried to sign in: single sign-on, the provider gave no e-mail address" });
  });

  it("has the role that the provider's groups give, anew at each sign-in; the last admin stays one", async () => {
    const roles = {
      claim: "groups",
      values: [
        { value: "sre", role: "editor" as const },
        { value: "leads", role: "admin" as const },
      ],
    };
    await set({ scopes: ["groups"], roles });
    const withGroups = async (...groups: string[]) => {
      provider.people.set("eve", { email: "eve@example.org", email_verified: true, name: "Eve", groups });
      return (await signOn("eve")).me?.role;
    };
    expect(await withGroups("other", "sre")).toBe("editor");
    expect(await withGroups("sre", "leads")).toBe("admin");
    expect(await newest("person.setRole")).toMatchObject({ actorName: "Single sign-on", sentence: "changed the role of Eve from editor to admin" });
    expect(await withGroups()).toBe("viewer");
    await withGroups("leads");
    const olga = (await owner.trpc.people.list.query()).find(({ email }) => email === OWNER.email);
    const eve = await signOn("eve");
    const asEve = { cookie: eve.browser.cookiesOf(server.http), origin: server.http, "content-type": "application/json" };
    const demote = await fetch(`${server.http}/trpc/people.setRole`, {
      method: "POST",
      headers: asEve,
      body: JSON.stringify({ id: olga?.id, role: "viewer" }),
    });
    expect(demote.status).toBe(200);
    expect(await withGroups()).toBe("admin");
    await fetch(`${server.http}/trpc/people.setRole`, { method: "POST", headers: asEve, body: JSON.stringify({ id: olga?.id, role: "admin" }) });
    expect(await withGroups()).toBe("viewer");
  });

  it("shares no account with whoever only typed the address in: that one is connected by its owner", async () => {
    await set();
    provider.people.set("olga", { email: OWNER.email, email_verified: true, name: "Olga at the provider" });
    expect((await signOn("olga")).path).toBe("/sign-in?sso=connect");
    const browser = new SignOnBrowser();
    browser.setCookies(server.http, owner.cookie);
    expect((await signOn("olga", { browser, query: "?connect=1&next=/settings" })).path).toBe("/settings");
    expect(await newest("person.connect")).toMatchObject({ actorName: OWNER.name, after: { subject: "olga" } });
    expect((await signOn("olga")).me).toMatchObject({ name: OWNER.name, role: "admin" });
    expect(await owner.trpc.signOn.get.query()).toMatchObject({ connected: true });
    const other = new SignOnBrowser();
    other.setCookies(server.http, owner.cookie);
    expect((await signOn("ann", { browser: other, query: "?connect=1" })).path).toBe("/settings?sso=connected");
    expect((await signOn("olga", { query: "?connect=1" })).path).toBe("/settings?sso=state");
  });

  it("is taken for the account that an admin invited by that address", async () => {
    await set();
    const { url } = await owner.trpc.people.invite.mutate({ role: "editor", email: "fay@example.org" });
    const password = "a long enough password";
    await post("/api/setup", { token: new URL(url).searchParams.get("token"), name: "Fay", email: "fay@example.org", password });
    expect((await signOn("fay")).me).toMatchObject({ name: "Fay", role: "editor" });
    expect(await newest("person.connect")).toMatchObject({ actorName: "Fay" });
  });

  it("comes in once when two tabs do so for the first time at once", async () => {
    await set();
    const both = await Promise.all([signOn("gus"), signOn("gus")]);
    expect(both.map(({ me }) => me?.email)).toEqual(["gus@example.org", "gus@example.org"]);
    expect((await owner.trpc.people.list.query()).filter(({ email }) => email === "gus@example.org")).toHaveLength(1);
  });
});

describe("an answer that is not right", () => {
  const refused = async (login = "hal") => {
    const { path, me } = await signOn(login);
    expect(me).toBeNull();
    return path.replace("/sign-in?sso=", "");
  };

  it("is refused with its reason: nonce, audience, issuer, expiry, signature", async () => {
    await set();
    provider.nonce = "the-nonce-of-another-sign-in";
    expect(await refused()).toBe("nonce");
    provider.nonce = null;
    for (const [claims, refusal] of [
      [{ aud: "another application" }, "audience"],
      [{ iss: "https://evil.example" }, "issuer"],
      [{ exp: Math.floor(Date.now() / 1000) - 3_600 }, "expired"],
      [{ nonce: undefined }, "nonce"],
    ] as const) {
      provider.changeToken = (token) => ({ ...token, ...claims });
      expect(await refused(), refusal).toBe(refusal);
    }
    provider.changeToken = null;
    provider.foreignKey = true;
    expect(await refused()).toBe("signature");
    provider.foreignKey = false;
    expect((await signOn("hal")).me).toMatchObject({ email: "hal@example.org" });
    expect(await newest("session.signInFailed")).toMatchObject({
      actorKind: "nobody",
      detail: { reason: "single sign-on, the id token's signature is wrong" },
    });
  });

  it("is refused when it was begun elsewhere, is used a second time, or comes without a beginning", async () => {
    await set();
    const browser = new SignOnBrowser();
    const isCallback = (url: URL) => url.pathname === "/api/auth/sso/callback";
    const { url: callback } = await browser.open(`${server.http}/api/auth/sso/start`, { login: "ida" }, isCallback);
    expect(callback.searchParams.get("code")).not.toBeNull();
    const stranger = new SignOnBrowser();
    expect((await stranger.open(callback.href)).url.search).toBe("?sso=state");
    expect((await browser.open(callback.href)).url.pathname).toBe("/");
    expect((await browser.open(callback.href)).url.search).toBe("?sso=state");
    expect((await stranger.open(`${server.http}/api/auth/sso/callback`)).url.search).toBe("?sso=state");
    const mixed = new SignOnBrowser();
    const begun = await mixed.open(`${server.http}/api/auth/sso/start`, { login: "ida" }, isCallback);
    begun.url.searchParams.set("iss", "https://evil.example");
    expect((await mixed.open(begun.url.href)).url.search).toBe("?sso=issuer");
  });

  it("is said plainly when the person cancels, without what the provider wrote", async () => {
    await set();
    const { path } = await signOn("hal", { cancel: true });
    expect(path).toBe("/sign-in?sso=denied");
    expect(await newest("session.signInFailed")).toMatchObject({ detail: { cause: expect.stringContaining("access_denied") } });
  });

  it("of a wrong client secret, and of a provider that is down, leaves the password as a way in", async () => {
    await set({}, "not the secret");
    expect(await refused()).toBe("client");
    await set();
    await provider.stop();
    try {
      expect(await refused()).toBe("provider");
      expect((await post("/api/auth/sign-in/email", OWNER)).status).toBe(200);
    } finally {
      await provider.start();
    }
    expect((await signOn("hal")).me).not.toBeNull();
  });

  it("that does not end is cut off", async () => {
    const endless = createServer((_req, res) => {
      res.writeHead(200, { "content-type": "application/json" });
      const more = () => {
        while (!res.destroyed && res.write(" ".repeat(65_536)));
      };
      res.on("drain", more);
      more();
    });
    await new Promise<void>((resolve) => endless.listen(0, "127.0.0.1", resolve));
    try {
      await set({ issuer: `http://127.0.0.1:${(endless.address() as AddressInfo).port}` });
      expect(await refused()).toBe("answer");
    } finally {
      endless.closeAllConnections();
      endless.close();
    }
  });
});

describe("bounds", () => {
  it("turn away and count what is more than twenty sign-ins at once", async () => {
    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    let waiting = 0;
    silent.on("request", () => waiting++);
    await set({ issuer: `http://127.0.0.1:${(silent.address() as AddressInfo).port}` });
    const all = Array.from({ length: SIGN_ONS_AT_ONCE_MAX + 5 }, () => signOn("hal"));
    await waitFor("the first twenty to reach the provider", async () => waiting === SIGN_ONS_AT_ONCE_MAX);
    silent.closeAllConnections();
    silent.close();
    const paths = (await Promise.all(all)).map(({ path }) => path);
    expect(paths.filter((path) => path === "/sign-in?sso=busy")).toHaveLength(5);
    expect(paths.filter((path) => path === "/sign-in?sso=provider")).toHaveLength(SIGN_ONS_AT_ONCE_MAX);
    expect(await (await fetch(`${server.http}/metrics`)).text()).toMatch(/^headgate_sign_ons_refused_total 5$/m);
  });

  it("make no account when there are too many", async () => {
    const db = openDatabase({ url: runningEmbeddedPostgres(server.dataDir) ?? "" });
    const identity = { subject: "new", email: "one-too-many@example.org", name: "New", role: null };
    const admission = { db, identity, settings: signOnSettingsSchema.parse(settings()), connect: null, nowMs: Date.now(), from: { via: "page" as const } };
    try {
      expect(await admitPerson({ ...admission, peopleMax: 1 })).toEqual({ ok: false, refusal: "full" });
      expect(await admitPerson(admission)).toMatchObject({ ok: true });
    } finally {
      await db.$disconnect();
    }
  });
});

describe("the test of a provider", () => {
  const test = async (more: Partial<SignOnSettingsInput> = {}, clientSecret: string | null = CLIENT.clientSecret) => {
    const { checks } = await owner.trpc.signOn.test.mutate({ settings: settings(more), clientSecret });
    return Object.fromEntries(checks.map(({ what, result, message }) => [what, `${result}: ${message}`]));
  };

  it("finds all right, and says what is not and what to do", async () => {
    expect(await test()).toEqual({
      Issuer: `ok: ${provider.issuer} answers and is who it should be`,
      "Sign-in": "ok: the authorization code flow is there",
      PKCE: "ok: S256 is there",
      Scopes: "ok: all that are asked for are there",
      Keys: "ok: one key to check signatures with",
      Client: "ok: the provider takes the client ID and the secret",
    });
    expect((await newest("signOn.test"))?.sentence).toBe("tested the provider of single sign-on: all is right");
    expect((await test({}, "wrong")).Client).toMatch(/^bad: the provider does not take the client ID and secret/);
    expect((await test({ scopes: ["nothing"] })).Scopes).toMatch(/^unsure: the provider does not list nothing/);
    expect(await test({ issuer: provider.issuer.replace("127.0.0.1", "localhost") })).toEqual({
      Issuer: expect.stringContaining(`calls itself ${provider.issuer}`),
    });
    expect(await test({ issuer: await nobodysAddress() })).toEqual({ Issuer: expect.stringContaining("nothing listens there") });
    expect(await test({ issuer: `${provider.issuer}/realms/none` })).toEqual({ Issuer: expect.stringContaining("another status than 200") });
  });
});

describe("passwords", () => {
  it("go off only for an admin who has connected their account, and come back on", async () => {
    await set();
    await expect(set({ passwords: "off", enabled: false })).rejects.toMatchObject({ data: { problems: [{ path: "passwords" }] } });
    await expect(set({ passwords: "off", clientId: "another" })).rejects.toMatchObject({ data: { problems: [{ path: "passwords" }] } });
    const view = await owner.trpc.signOn.get.query();
    expect(view.connected).toBe(true);
    await set({ passwords: "off" });
    expect((await newest("signOn.set"))?.sentence).toMatch(/^turned passwords off/);
    const wrong = await post("/api/auth/sign-in/email", OWNER);
    expect([wrong.status, await wrong.json()]).toEqual([403, { message: "passwords are off here; use single sign-on" }]);
    const { url } = await owner.trpc.people.invite.mutate({ role: "viewer", email: "new@example.org" });
    const setup = await post("/api/setup", {
      token: new URL(url).searchParams.get("token"),
      name: "New",
      email: "new@example.org",
      password: "a long enough password",
    });
    expect([setup.status, (await setup.json()).message]).toEqual([403, "passwords are off here; sign in with Acme as new@example.org"]);
    expect(await owner.trpc.session.waysIn.query()).toEqual({ passwords: false, signOn: { label: "Acme", connected: true } });
    expect((await signOn("olga")).me).toMatchObject({ role: "admin" });
    const recovered = spawnSync(process.execPath, [join(import.meta.dirname, "../../server/recoverSignIn.ts")], {
      env: cleanEnvironment({ HEADGATE_DATA_DIR: server.dataDir, HEADGATE_PUBLIC_URL: server.http }),
      encoding: "utf8",
    });
    expect(recovered.stdout).toMatch(/^Passwords are on again/);
    const link = new URL(recovered.stdout.match(/http.*$/m)?.[0] ?? "");
    const rescuer = { name: "Rescuer", email: "rescuer@example.org", password: "a long enough password" };
    expect((await post("/api/setup", { token: link.searchParams.get("token"), ...rescuer })).status).toBe(200);
    expect(await (await signIn(server.http, rescuer)).trpc.session.me.query()).toMatchObject({ role: "admin" });
    expect(await newest("signOn.recover")).toMatchObject({ actorName: "Terminal", actorKind: "system" });
    await set({ passwords: "off" }, null);
    await set({ passwords: "on" }, null);
    expect((await post("/api/auth/sign-in/email", OWNER)).status).toBe(200);
  });
});
