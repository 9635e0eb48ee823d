import { readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, createOwner } from "../fixtures/api.ts";
import { createToken, openPublicApi, type PublicApi } from "../fixtures/publicApi.ts";
import { enrol, type ServerProcess, startServerProcess, type TestCollector } from "./serverProcess.ts";

const policy = (ratio: number) => ({ scope: "span", tiers: [{ name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio } }] });
const otlp = (value: string | null, endpoint = "http://127.0.0.1:9") => ({ kind: "otlp", endpoint, headers: [{ name: "x-api-key", value }] });

let server: ServerProcess;
let owner: Api;
let api: PublicApi;
let bearer: string;
let collector: TestCollector;
beforeAll(async () => {
  server = await startServerProcess();
  owner = await createOwner(server);
  bearer = await createToken(owner, ["read", "documents:write", "fleet:write", "apply", "audit:read"]);
  api = await openPublicApi(server.http, bearer);
  collector = await enrol(server.fleet, readFileSync(join(server.dataDir, "local-enrolment-token"), "utf8").trim());
});
afterAll(async () => {
  collector?.close();
  await server?.remove();
});

async function create(name: string, ratio = 0.5): Promise<string> {
  const { status, body } = await api.call("POST", "/policies", { body: { name, body: policy(ratio) } });
  expect(status).toBe(201);
  return String(body.id);
}

describe("documents over the API", () => {
  it("are created, read, changed, compared, renamed, archived and restored", async () => {
    const made = await api.call("POST", "/policies", { body: { name: "checkout", body: { tiers: policy(0.5).tiers }, message: "first" } });
    expect(made).toMatchObject({ status: 201, body: { version: 1 } });
    const path = `/policies/${made.body.id}`;
    expect(made.headers.get("location")).toBe(`/api/v1${path}`);
    const first = await api.call("GET", path);
    expect(first.body).toMatchObject({ name: "checkout", currentVersion: 1, body: policy(0.5), message: "first", runningVersion: null, archivedAtMs: null });
    const saved = await api.call("POST", `${path}/versions`, {
      body: { body: policy(0.25), message: "less" },
      headers: { "if-match": first.headers.get("etag") ?? "" },
    });
    expect(saved).toMatchObject({ status: 201, body: { version: 2 } });
    expect(await api.call("GET", `${path}/diff?from=1&to=2`)).toMatchObject({ status: 200, body: { sentences: ["default: keep 50% → 25%"] } });
    expect(await api.call("GET", `${path}/versions/1`)).toMatchObject({ status: 200, body: { number: 1, body: policy(0.5) } });
    expect((await api.call("GET", `${path}/versions`)).body.items).toMatchObject([{ number: 2, message: "less" }, { number: 1 }]);
    expect(await api.call("PATCH", path, { body: { name: "check-out" } })).toMatchObject({ status: 200, body: { name: "check-out" } });
    expect(await api.call("POST", `${path}/archive`)).toMatchObject({ status: 200 });
    expect((await api.call("GET", "/policies?archived=true")).body.items).toMatchObject([{ name: "check-out" }]);
    expect(await api.call("POST", `${path}/versions`, { body: { baseVersion: 2, body: policy(1) } })).toMatchObject({
      status: 409,
      body: { detail: "check-out is archived; restore it first" },
    });
    expect(await api.call("POST", `${path}/restore`)).toMatchObject({ status: 200 });
  });

  it("overwrite nothing: who comes second is told what stands there, and which version it builds on has to be said", async () => {
    const path = `/policies/${await create("contested")}`;
    const { headers } = await api.call("GET", path);
    const old = headers.get("etag") ?? "";
    expect(await api.call("POST", `${path}/versions`, { body: { body: policy(0.1) } })).toMatchObject({ status: 428 });
    expect(await api.call("POST", `${path}/versions`, { body: { baseVersion: 1, body: policy(0.1) } })).toMatchObject({ status: 201 });
    const current = { currentVersion: 2, authorName: expect.stringContaining("Olga Owner"), body: policy(0.1) };
    expect(await api.call("POST", `${path}/versions`, { body: { baseVersion: 1, body: policy(0.2) } })).toMatchObject({ status: 409, body: { current } });
    expect(await api.call("POST", `${path}/versions`, { body: { body: policy(0.2) }, headers: { "if-match": old } })).toMatchObject({
      status: 412,
      body: { current },
    });
    expect(await api.call("POST", `${path}/versions`, { body: { baseVersion: 2, body: policy(0.2) }, headers: { "if-match": old } })).toMatchObject({
      status: 422,
      body: { errors: [{ path: "baseVersion" }] },
    });
    expect(await api.call("POST", `${path}/versions`, { body: { body: policy(0.2) }, headers: { "if-match": "*" } })).toMatchObject({ status: 400 });
    expect(await api.call("POST", `${path}/versions`, { body: { baseVersion: 1, body: policy(0.1) } }), "the same save sent again").toMatchObject({
      status: 201,
      body: { version: 2 },
    });
  });

  it("have an entity tag, and are not sent again to whoever has them", async () => {
    const path = `/policies/${await create("tagged")}`;
    const { headers } = await api.call("GET", path);
    const tag = headers.get("etag") ?? "";
    expect(tag).toMatch(/^"v1-[\w-]+"$/);
    expect((await api.call("GET", path, { headers: { "if-none-match": `"other", ${tag}` } })).status).toBe(304);
    await api.call("PATCH", path, { body: { name: "tagged anew" } });
    expect((await api.call("GET", path, { headers: { "if-none-match": tag } })).status).toBe(200);
  });

  it("never give a header's value out, and keep it where null is sent", async () => {
    const made = await api.call("POST", "/destinations", { body: { name: "backend", body: otlp("hush") } });
    const path = `/destinations/${made.body.id}`;
    const read = await api.call("GET", path);
    expect(read.body.body).toMatchObject({ headers: [{ name: "x-api-key", isSet: true }] });
    expect(JSON.stringify(read.body)).not.toContain("hush");
    expect(await api.call("POST", `${path}/versions`, { body: { baseVersion: 1, body: { ...otlp(null), compression: "gzip" } } })).toMatchObject({
      status: 201,
    });
    expect(await api.call("POST", `${path}/versions`, { body: { baseVersion: 2, body: otlp(null, "http://elsewhere.example") } })).toMatchObject({
      status: 422,
      body: { errors: [{ path: "body.headers[0].value" }] },
    });
    const wrong = await api.call("POST", `${path}/versions`, { body: { baseVersion: 2, body: otlp("hush\n") } });
    expect(wrong).toMatchObject({ status: 422, body: { errors: [{ path: "body.headers[0].value" }] } });
    expect(JSON.stringify(wrong.body)).not.toContain("hush");
  });

  it("say every field that is wrong, by its place in what was sent", async () => {
    const body = { name: "", body: { tiers: [{ name: "a", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 50 } }] }, more: 1 };
    const { status, body: problem } = await api.call("POST", "/policies", { body });
    expect(status).toBe(422);
    expect(problem).toMatchObject({ type: "urn:headgate:problem:invalid", status: 422 });
    expect(problem.errors?.map(({ path }) => path).sort()).toEqual(["body.tiers[0].keep.ratio", "more", "name"]);
    expect(await api.call("POST", "/policies", { body: { name: "a\u0000b", body: policy(1) } })).toMatchObject({
      status: 422,
      body: { errors: [{ path: "name" }] },
    });
    await create("taken");
    expect(await api.call("POST", "/policies", { body: { name: "taken", body: policy(1) } })).toMatchObject({
      status: 422,
      body: { errors: [{ path: "name" }] },
    });
  });
});

describe("lists over the API", () => {
  it("come in pages that have everything once, also while others add to them", async () => {
    for (let number = 0; number < 5; number++) await create(`page ${number}`);
    const names: unknown[] = [];
    let path = "/policies?limit=2";
    for (let pages = 0; pages < 50; pages++) {
      const { body, headers } = await api.call("GET", path);
      names.push(...(body.items ?? []).map(({ name }) => name));
      if (pages === 0) await create("page 2 and a half");
      const next = /^<\/api\/v1([^>]+)>; rel="next"$/.exec(headers.get("link") ?? "");
      expect(next === null).toBe(body.nextCursor === null);
      if (!next) break;
      path = next[1];
    }
    expect(names).toEqual([...new Set(names)].sort());
    expect(names).toEqual(expect.arrayContaining(["page 0", "page 1", "page 2", "page 2 and a half", "page 3", "page 4"]));
  });

  it.each(["limit=0", "limit=201", "limit=1e1", "limit=1&limit=2", "cursor=!!", "cursor=", "nonsense=1", "archived=yes"])(
    "refuse %s with its name",
    async (query) => {
      const { status, body } = await api.call("GET", `/policies?${query}`);
      expect(status).toBe(400);
      expect(body.errors).toMatchObject([{ path: query.split("=")[0] }]);
    },
  );

  it("of versions, revisions and events go on where the page before ended", async () => {
    const id = await create("versioned");
    for (let base = 1; base <= 4; base++) await api.call("POST", `/policies/${id}/versions`, { body: { baseVersion: base, body: policy(base / 10) } });
    const numbers = await all(`/policies/${id}/versions`, "number");
    expect(numbers).toEqual([5, 4, 3, 2, 1]);
    const events = await all("/audit?action=policy.saveVersion", "id");
    expect(events.length).toBeGreaterThan(4);
    expect(events).toEqual([...new Set(events)]);
    expect(await api.call("GET", `/audit?cursor=${Buffer.from("x").toString("base64url")}`)).toMatchObject({ status: 400 });
  });

  async function all(path: string, field: string): Promise<unknown[]> {
    const found: unknown[] = [];
    let cursor: string | null | undefined = "";
    while (cursor !== null && cursor !== undefined) {
      const { body } = await api.call("GET", `${path}${path.includes("?") ? "&" : "?"}limit=2${cursor && `&cursor=${cursor}`}`);
      found.push(...(body.items ?? []).map((item) => item[field]));
      cursor = body.nextCursor;
    }
    return found;
  }
});

describe("applying over the API", () => {
  it("says what would change, makes a revision, and says how far collectors have come", async () => {
    const id = await create("to apply", 0.125);
    const body = { kind: "policy", id, version: 1 };
    const preview = await api.call("POST", "/apply/preview", { body });
    expect(preview).toMatchObject({ status: 200, body: { sameHash: false, sentences: expect.arrayContaining([expect.stringContaining("12.5%")]) } });
    const started = await api.call("POST", "/apply", { body: { ...body, message: "over the API" } });
    expect(started).toMatchObject({ status: 201, body: { revision: 2 } });
    expect(await api.call("GET", started.headers.get("location")?.slice("/api/v1".length) ?? "")).toMatchObject({ status: 200, body: { revision: 2 } });
    expect(await api.call("GET", "/revisions/current")).toMatchObject({ status: 200, body: { revision: 2, policy: { id, version: 1 } } });
    expect((await api.call("GET", "/revisions")).body.items).toMatchObject([{ revision: 2, message: "over the API" }, { revision: 1 }]);
    expect(await api.call("POST", `/policies/${id}/archive`)).toMatchObject({ status: 409 });
    expect(await api.call("GET", "/revisions/99")).toMatchObject({ status: 404 });
  });

  it("makes groups, asks about selectors that match nothing, and gives a group a version of its own", async () => {
    const group = { name: "canaries", selector: "env in (test), canary", priority: 5 };
    expect(await api.call("POST", "/groups", { body: { ...group, selector: "env in (" } })).toMatchObject({
      status: 422,
      body: { errors: [{ path: "selector" }] },
    });
    expect(await api.call("POST", "/groups", { body: group })).toMatchObject({ status: 409, body: { current: { matched: 0, total: 1 } } });
    const made = await api.call("POST", "/groups", { body: { ...group, confirmed: true } });
    expect(made.status).toBe(201);
    const path = `/groups/${made.body.id}`;
    expect(await api.call("GET", path)).toMatchObject({ status: 200, body: { name: "canaries", members: 0, hasOwnRevision: false, isDefault: false } });
    const base = { name: "canaries", selector: "", priority: 5, description: "" };
    expect(await api.call("PUT", path, { body: { ...group, selector: "env=test", confirmed: true, base } })).toMatchObject({ status: 409 });
    expect(await api.call("PUT", path, { body: { ...group, selector: "env=test", confirmed: true } })).toMatchObject({ status: 200 });
    const id = await create("of the canaries", 0.75);
    const applied = await api.call("POST", "/apply", { body: { kind: "policy", id, version: 1, groupIds: [made.body.id] } });
    expect(applied).toMatchObject({ status: 201, body: { revisions: [{ groupId: made.body.id }] } });
    expect(await api.call("GET", `${path}/revision`)).toMatchObject({ status: 200, body: { policy: { id }, ownRevision: applied.body.revision } });
    expect((await api.call("GET", `/revisions?groupId=${made.body.id}`)).body.items).toMatchObject([
      { revision: applied.body.revision, groupName: "canaries" },
    ]);
    expect((await api.call("GET", `/policies/${id}`)).body.runsIn).toMatchObject([{ groupId: made.body.id, version: 1 }]);
    expect(await api.call("POST", `${path}/archive`)).toMatchObject({ status: 200 });
    expect((await api.call("GET", "/groups?archived=true")).body.items).toMatchObject([{ name: "canaries" }]);
    expect(await api.call("POST", `${path}/restore`)).toMatchObject({ status: 200 });
    expect(await api.call("POST", "/groups/default/archive")).toMatchObject({ status: 409 });
  });

  it("lists collectors, and shows one with what it runs", async () => {
    const { body } = await api.call("GET", "/collectors");
    expect(body.items).toMatchObject([{ id: collector.collectorId, labels: { env: "test" } }]);
    expect(await api.call("GET", `/collectors/${collector.collectorId}`)).toMatchObject({ status: 200, body: { instanceUid: collector.instanceUid } });
    expect(await api.call("GET", "/collectors/nobody")).toMatchObject({ status: 404 });
  });
});

describe("the audit over the API", () => {
  it("has each write with the token and the request's number, and can be downloaded", async () => {
    await api.call("POST", "/policies", { body: { name: "audited", body: policy(1) }, headers: { "x-request-id": "deploy-42" } });
    const { body } = await api.call("GET", "/audit?action=policy.create&limit=1");
    expect(body.items).toMatchObject([{ actorKind: "token", entity: "policy" }]);
    const event = await api.call("GET", `/audit/${body.items?.[0].id}`);
    expect(event).toMatchObject({ status: 200, body: { origin: { via: "api", requestId: "deploy-42" }, entityName: "audited" } });
    const csv = await api.call("GET", "/audit.csv?action=policy.create");
    expect(csv.status).toBe(200);
    expect(String(csv.body.text)).toContain("audited");
    expect(await api.call("GET", "/audit?from=yesterday")).toMatchObject({ status: 400, body: { errors: [{ path: "from" }] } });
  });
});

describe("what the API refuses", () => {
  it("is said with the scope that would do, or with what is wrong about the token", async () => {
    const reader = await createToken(owner, ["read"]);
    const refused = await api.call("POST", "/policies", { body: { name: "x", body: policy(1) }, token: reader });
    expect(refused).toMatchObject({ status: 403, body: { detail: "this token lacks the scope documents:write; it has: read" } });
    expect(refused.headers.get("www-authenticate")).toContain('scope="documents:write"');
    expect(await api.call("GET", "/audit", { token: reader })).toMatchObject({ status: 403 });
    expect(await api.call("GET", "/me", { token: reader })).toMatchObject({ status: 200, body: { token: { scopes: ["read"] }, role: "admin" } });
    const none = await api.call("GET", "/policies", { token: null });
    expect(none.status).toBe(401);
    expect(none.headers.get("www-authenticate")).toContain("Bearer");
    expect(await api.call("GET", "/policies", { token: "hg_wrong" })).toMatchObject({ status: 401 });
  });

  it("is every operation without a token, and with one that lacks its scope", async () => {
    const operations = Object.entries(api.document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );
    const tokens: Record<string, string> = { read: await createToken(owner, ["audit:read"], "not for reading") };
    tokens.other = await createToken(owner, ["read"], "for reading alone");
    for (const { path, method, operation } of operations) {
      const here = path
        .replace("{number}", "1")
        .replace("{revision}", "1")
        .replace(/\{\w+\}/, "1");
      expect((await api.call(method.toUpperCase(), here, { token: null })).status, `${method} ${path}`).toBe(401);
      const { status, body } = await api.call(method.toUpperCase(), here, { token: tokens[operation["x-scope"]] ?? tokens.other });
      expect(status, `${method} ${path}`).toBe(403);
      expect(body.detail).toContain(`lacks the scope ${operation["x-scope"]}`);
    }
  });

  it("is what a browser's session asks for: only tokens count here", async () => {
    expect(await api.call("GET", "/policies", { token: null, headers: { cookie: owner.cookie } })).toMatchObject({ status: 401 });
  });

  it("is said for paths and methods that there are not", async () => {
    expect(await api.call("GET", "/nothing")).toMatchObject({ status: 404 });
    expect(await api.call("GET", "/policies/")).toMatchObject({ status: 404 });
    expect(await api.call("GET", "/policies/%E0%A4%A")).toMatchObject({ status: 404 });
    expect(await api.call("GET", "/policies/a%00b")).toMatchObject({ status: 404 });
    expect(await api.call("GET", `/policies/${"x".repeat(65)}`)).toMatchObject({ status: 404 });
    const other = await api.call("DELETE", "/policies");
    expect(other.status).toBe(405);
    expect(other.headers.get("allow")).toBe("GET, HEAD, POST");
    expect((await fetch(`${server.http}/api/v1/policies`, { method: "HEAD" })).status).toBe(401);
  });

  it("is said for bodies that are no JSON, or not said to be", async () => {
    const send = (body: string, type = "application/json", more = {}) => api.call("POST", "/policies", { body, headers: { "content-type": type, ...more } });
    expect(await send("{")).toMatchObject({ status: 400, body: { errors: [{ path: "body" }] } });
    expect(await send("name=x", "application/x-www-form-urlencoded")).toMatchObject({ status: 415 });
    expect(await send("{}", "application/json; charset=latin1")).toMatchObject({ status: 415 });
    expect(await send("{}", "application/json", { "content-encoding": "gzip" })).toMatchObject({ status: 415 });
    expect(await send("[".repeat(400_000) + "]".repeat(400_000))).toMatchObject({ status: 422 });
    expect(await send("null")).toMatchObject({ status: 422 });
  });

  it("is ten megabytes, before they have all come", async () => {
    expect(await api.call("POST", "/policies", { body: `"${"x".repeat(10_000_000)}"` })).toMatchObject({ status: 413 });
    const answered = new Promise<number | undefined>((resolve, reject) => {
      const call = request(`${server.http}/api/v1/policies`, {
        method: "POST",
        headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json", "transfer-encoding": "chunked" },
      });
      call.once("response", (response) => {
        resolve(response.statusCode);
        call.destroy();
      });
      call.once("error", reject);
      // It never ends: the answer comes while the body is still open.
      call.write(" ".repeat(1_100_000));
    });
    expect(await answered).toBe(413);
  });
});

it("has answered all of this with what its document says, and failed at nothing", () => {
  expect(server.process.output()).not.toContain("a request to the API failed");
});
