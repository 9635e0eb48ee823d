import { readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatApiToken } from "#domain/auth/apiToken.ts";
import { SCOPES, type Scope } from "#domain/auth/scopes.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { appRouter } from "#server/trpc/appRouter.ts";
import { type Api, createOwner, signIn, withToken } from "../fixtures/api.ts";
import { waitFor } from "../fixtures/waitFor.ts";
import { type ServerProcess, startServerProcess } from "./serverProcess.ts";

const POLICY: SamplingPolicy = { scope: "span", tiers: [{ name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 1 } }] };

let server: ServerProcess;
let owner: Api;
let database: pg.Client;

beforeAll(async () => {
  server = await startServerProcess();
  owner = await createOwner(server);
  const password = readFileSync(join(server.dataDir, "postgres-password"), "utf8").trim();
  database = new pg.Client({ host: join(server.dataDir, "postgres"), user: "headgate", password, database: "postgres" });
  await database.connect();
});
afterAll(async () => {
  await database?.end();
  await server?.remove();
});

let made = 0;
const make = (scopes: readonly Scope[], by: Api = owner) =>
  by.trpc.apiTokens.create.mutate({ name: `token ${++made}`, scopes: [...scopes], expiresInDays: 30 });
const call = (token: string) => withToken(server.http, token);
const listed = async (id: string, by: Api = owner) => (await by.trpc.apiTokens.list.query()).tokens.find((token) => token.id === id);

async function invite(role: "viewer" | "editor" | "admin", name: string): Promise<{ api: Api; id: string }> {
  const { url } = await owner.trpc.people.invite.mutate({ role });
  const person = { name, email: `${name.toLowerCase()}@example.com`, password: "a long enough password" };
  const response = await fetch(`${server.http}/api/setup`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: server.http },
    body: JSON.stringify({ token: new URL(url).searchParams.get("token"), ...person }),
  });
  expect(response.status).toBe(200);
  const api = await signIn(server.http, person);
  return { api, id: (await api.trpc.session.me.query())?.id ?? "" };
}

/** One procedure asked with nothing but the token: whether it is let in is decided before its input is looked at. */
async function ask(path: string, token: string): Promise<{ status: number; message: string }> {
  const isMutation = Object({ ...appRouter._def.procedures })[path]._def.type === "mutation";
  const response = await fetch(`${server.http}/trpc/${path}${isMutation ? "" : "?input=%7B%7D"}`, {
    method: isMutation ? "POST" : "GET",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(isMutation && { body: "{}" }),
  });
  const body = (await response.json()) as { error?: { message: string } };
  return { status: response.status, message: body.error?.message ?? "" };
}

describe("a token", () => {
  it("is shown once, kept as a hash, and calls in the name of its owner with its scopes", async () => {
    const { id, token, expiresAtMs } = await make(["read", "documents:write"]);
    expect(token).toMatch(/^hg_[0-9A-Za-z]{49}$/);
    expect(await call(token).session.me.query()).toMatchObject({ name: "Olga Owner", role: "admin", token: { id, scopes: ["read", "documents:write"] } });
    const policy = await call(token).policies.create.mutate({ name: "by a token", body: POLICY });
    expect(await call(token).policies.get.query({ id: policy.id })).toMatchObject({ versions: [{ authorName: `Olga Owner (token token ${made})` }] });
    expect(await listed(id)).toMatchObject({ prefix: token.slice(0, 9), expiresAtMs, revokedAtMs: null, lastUsedAtMs: expect.any(Number) });
    const { rows } = await database.query(`SELECT * FROM "ApiToken"`);
    expect(JSON.stringify(rows)).not.toContain(token.slice(9));
    expect(JSON.stringify(await owner.trpc.apiTokens.list.query())).not.toContain(token.slice(9));
  });

  it("leaves events that name it and its owner, with where from", async () => {
    const { id, token } = await make(["documents:write"]);
    await call(token).policies.create.mutate({ name: "told in the audit", body: POLICY });
    const { events } = await owner.trpc.audit.list.query({ filter: { action: "policy.create" } });
    expect(events[0]).toMatchObject({ actorKind: "token", actorName: `Olga Owner (token token ${made})` });
    expect(await owner.trpc.audit.get.query({ id: events[0].id })).toMatchObject({ origin: { via: "api", ip: "127.0.0.1", token: { id } } });
  });

  it("does not end its owner's draft of what it saves", async () => {
    const { token } = await make(["documents:write"]);
    const { id } = await owner.trpc.policies.create.mutate({ name: "being edited", body: POLICY });
    await owner.trpc.drafts.save.mutate({ kind: "sampling", key: id, baseVersion: 1, name: null, body: { half: "typed" }, tab: "t" });
    await call(token).policies.saveVersion.mutate({ id, baseVersion: 1, body: POLICY });
    expect(await owner.trpc.drafts.get.query({ kind: "sampling", key: id })).toMatchObject({ body: { half: "typed" } });
  });

  it("writes down when it was used at most once a minute", async () => {
    const { id, token } = await make(["read"]);
    await call(token).policies.list.query();
    const first = (await listed(id))?.lastUsedAtMs;
    // A change to any token has it read again.
    await make(["read"]);
    await call(token).policies.list.query();
    expect((await listed(id))?.lastUsedAtMs).toBe(first);
    await database.query(`UPDATE "ApiToken" SET "lastUsedAt" = "lastUsedAt" - interval '61 seconds' WHERE "id" = $1`, [id]);
    await make(["read"]);
    await waitFor("it to be written again", async () => {
      await call(token).policies.list.query();
      return ((await listed(id))?.lastUsedAtMs ?? 0) >= (first ?? 0);
    });
  });

  it("downloads the audit with audit:read alone", async () => {
    const { token } = await make(["audit:read"]);
    const download = (bearer: string) => fetch(`${server.http}/api/audit.csv`, { headers: { authorization: `Bearer ${bearer}` } });
    expect(await (await download(token)).text()).toContain("apiToken.create");
    expect((await download((await make(["read"])).token)).status).toBe(403);
    const unknown = await download("hg_nonsense");
    expect([unknown.status, unknown.headers.get("www-authenticate")]).toEqual([401, 'Bearer realm="Headgate"']);
  });
});

describe("scopes", () => {
  // Answered without a caller; and a subscription, which has a test of its own.
  const asked = Object.keys(appRouter._def.procedures).filter((path) => !["session.me", "session.waysIn", "live.events"].includes(path));

  it("are asked for by every procedure: none lets a token in that has none, and the answer names the one that is missing", async () => {
    const { id, token } = await make(["read"]);
    await database.query(`UPDATE "ApiToken" SET "scopes" = '{}' WHERE "id" = $1`, [id]);
    for (const path of asked) {
      const { status, message } = await ask(path, token);
      expect(`${path} ${status} ${message}`).toMatch(
        new RegExp(`^${path} 403 (this token lacks the scope (${SCOPES.join("|")}); it has: none|this needs a person who is signed in; a token can't do it)$`),
      );
    }
  });

  it("let a token with all of them do what a person may, but for what needs a session", async () => {
    const { token } = await make(SCOPES);
    const refused: string[] = [];
    for (const path of asked) if ((await ask(path, token)).status === 403) refused.push(path);
    expect(refused.sort()).toEqual(
      [
        ...["apiTokens.create", "drafts.discard", "drafts.get", "drafts.list", "drafts.save", "session.end", "session.endOthers", "session.list"],
        ...["signOn.get", "signOn.set", "signOn.test"],
      ].sort(),
    );
  });

  it.each<[Scope, Scope, (api: Api["trpc"]) => Promise<unknown>]>([
    ["read", "documents:write", (trpc) => trpc.policies.create.mutate({ name: "x", body: POLICY })],
    ["documents:write", "read", (trpc) => trpc.policies.list.query()],
    ["documents:write", "apply", (trpc) => trpc.revisions.start.mutate({ kind: "policy", id: "x", version: 1 })],
    ["apply", "fleet:write", (trpc) => trpc.sampleTraffic.start.mutate()],
    ["read", "audit:read", (trpc) => trpc.audit.list.query({})],
    ["fleet:write", "admin", (trpc) => trpc.people.list.query()],
  ])("%s alone is refused with the scope it lacks: %s", async (has, lacks, work) => {
    const { token } = await make([has]);
    await expect(work(call(token))).rejects.toMatchObject({
      message: `this token lacks the scope ${lacks}; it has: ${has}`,
      data: { appCode: "FORBIDDEN", httpStatus: 403 },
    });
  });

  it("open a live stream with read, which ends when the token is revoked", async () => {
    const { id, token } = await make(["read"]);
    const open = (bearer: string) =>
      fetch(`${server.http}/trpc/live.events?input=${encodeURIComponent(JSON.stringify({ topics: [] }))}`, {
        headers: { authorization: `Bearer ${bearer}`, accept: "text/event-stream" },
      });
    const response = await open(token);
    expect(response.status).toBe(200);
    const ended = response.text().then(
      () => "ended",
      () => "ended",
    );
    await owner.trpc.apiTokens.revoke.mutate({ id });
    expect(await ended).toBe("ended");
    const without = await open((await make(["apply"])).token);
    expect(await without.text()).toContain("lacks the scope read");
  });
});

describe("a token is refused", () => {
  const refusal = async (token: string) =>
    call(token)
      .policies.list.query()
      .then(
        () => "let in",
        (error) => `${error.data.httpStatus} ${error.message}`,
      );

  it("once it is revoked, with when; by its owner or an admin, by nobody else", async () => {
    const ben = await invite("editor", "Ben");
    const eve = await invite("editor", "Eve");
    const { id, token } = await make(["read"], ben.api);
    expect(await refusal(token)).toBe("let in");
    expect((await eve.api.trpc.apiTokens.list.query()).tokens).toEqual([]);
    await expect(eve.api.trpc.apiTokens.revoke.mutate({ id })).rejects.toMatchObject({ data: { appCode: "NOT_FOUND" } });
    await owner.trpc.apiTokens.revoke.mutate({ id });
    const when = await waitFor("it to be refused", async () => {
      const answer = await refusal(token);
      return answer !== "let in" && answer;
    });
    expect(when).toMatch(/^401 the API token “token \d+” was revoked at \d{4}-\d\d-\d\d \d\d:\d\d UTC; make a new one/);
    expect(await listed(id, ben.api)).toMatchObject({ owner: { name: "Ben" }, revokedAtMs: expect.any(Number) });
    const { events } = await owner.trpc.audit.list.query({ filter: { action: "apiToken.revoke" } });
    expect(events[0].sentence).toMatch(/^revoked the API token token \d+ of Ben$/);
    await expect(owner.trpc.apiTokens.revoke.mutate({ id })).rejects.toMatchObject({ data: { appCode: "NOT_FOUND" } });
  });

  it("once it has expired, with when", async () => {
    const { id, token } = await make(["read"]);
    await database.query(`UPDATE "ApiToken" SET "expiresAt" = '2026-01-02T03:04:05Z' WHERE "id" = $1`, [id]);
    expect(await refusal(token)).toMatch(/^401 the API token “token \d+” expired at 2026-01-02 03:04 UTC; make a new one/);
    const { events } = await owner.trpc.audit.list.query({ filter: { action: "apiToken.refused" } });
    expect(events[0]).toMatchObject({ actorKind: "nobody", sentence: expect.stringContaining("and was refused: the API token") });
  });

  it("what its owner may no longer do, at once", async () => {
    const { api, id } = await invite("editor", "Dora");
    const { token } = await make(["read", "documents:write"], api);
    await call(token).policies.create.mutate({ name: "while an editor", body: POLICY });
    await owner.trpc.people.setRole.mutate({ id, role: "viewer" });
    const again = () => call(token).policies.create.mutate({ name: "while a viewer", body: POLICY });
    await waitFor("the role to count", async () => (await call(token).session.me.query())?.role === "viewer");
    await expect(again()).rejects.toMatchObject({
      message: "this needs the role editor; the token's owner, Dora, is viewer. A token never may more than its owner",
      data: { httpStatus: 403 },
    });
    expect(await refusal(token)).toBe("let in");
    await owner.trpc.people.remove.mutate({ id });
    await waitFor("its end", async () => (await refusal(token)).startsWith("401 this API token is not known here"));
  });

  it("what only a person who is signed in may: making tokens for one", async () => {
    const { token } = await make(SCOPES);
    const another = call(token).apiTokens.create.mutate({ name: "child", scopes: ["admin"], expiresInDays: 365 });
    await expect(another).rejects.toMatchObject({ message: expect.stringContaining("a person who is signed in"), data: { httpStatus: 403 } });
  });

  it("even beside a good session: what somebody sends is what counts", async () => {
    const response = await fetch(`${server.http}/trpc/policies.list`, { headers: { cookie: owner.cookie, authorization: "Bearer hg_wrong" } });
    expect(response.status).toBe(401);
  });
});

describe("making a token", () => {
  it.each<[string, object, string]>([
    ["without a name", { name: " " }, "name"],
    ["without a scope", { scopes: [] }, "scopes"],
    ["with a scope that there is not", { scopes: ["everything"] }, "scopes[0]"],
    ["that never expires", { expiresInDays: undefined }, "expiresInDays"],
    ["for more than a year", { expiresInDays: 366 }, "expiresInDays"],
  ])("is refused %s, at its field", async (_what, change, path) => {
    const input = { name: "bad", scopes: ["read"], expiresInDays: 1, ...change } as never;
    await expect(owner.trpc.apiTokens.create.mutate(input)).rejects.toMatchObject({ data: { appCode: "INVALID", problems: [{ path }] } });
  });

  it("is refused with a scope beyond one's role, and with a name that one has already", async () => {
    const { api } = await invite("viewer", "Vera");
    const input = { name: "mine", scopes: ["read", "apply"] as Scope[], expiresInDays: 1 };
    const refused = { problems: [{ path: "scopes", message: "apply is beyond your role viewer; a token never may more than its owner" }] };
    await expect(api.trpc.apiTokens.create.mutate(input)).rejects.toMatchObject({ data: refused });
    await api.trpc.apiTokens.create.mutate({ ...input, scopes: ["read"] });
    await expect(api.trpc.apiTokens.create.mutate({ ...input, scopes: ["read"] })).rejects.toMatchObject({ data: { problems: [{ path: "name" }] } });
  });

  it("is refused from the hundred-and-first on, also when many are made at once; the ended are kept to a hundred as well", async () => {
    const { api, id } = await invite("viewer", "Max");
    const one = (name: string) => api.trpc.apiTokens.create.mutate({ name, scopes: ["read"], expiresInDays: 1 });
    for (let round = 0; round < 95; round++) await one(`token ${round}`);
    const many = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => one(`at once ${index}`)));
    expect(many.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
    await expect(one("one more")).rejects.toMatchObject({ data: { appCode: "TOO_MANY" } });
    await database.query(`UPDATE "ApiToken" SET "revokedAt" = now() WHERE "ownerId" = $1`, [id]);
    await one("after");
    expect((await api.trpc.apiTokens.list.query()).tokens).toHaveLength(100);
  });
});

it("limits guessing by address, and lets a token that is known go on", async () => {
  const { token } = await make(["read"]);
  await call(token).policies.list.query();
  const guess = (index: number) => ask("policies.list", formatApiToken(new Uint8Array(32).fill(index + 1)));
  const statuses: number[] = [];
  for (let index = 0; index < 30; index++) statuses.push((await guess(index)).status);
  expect(statuses.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
  expect(statuses.at(-1)).toBe(429);
  expect((await ask("policies.list", token)).status).toBe(200);
  expect(await owner.trpc.session.me.query()).not.toBeNull();
  const metrics = await (await fetch(`${server.http}/metrics`)).text();
  expect(Number(metrics.match(/headgate_token_calls_refused_total (\d+)/)?.[1])).toBeGreaterThan(0);
});
