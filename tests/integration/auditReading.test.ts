import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AuditFilter } from "#domain/audit/auditFilter.ts";
import { type Api, createOwner, signIn } from "../fixtures/api.ts";
import { type ServerProcess, startServerProcess } from "./serverProcess.ts";

const policy = (ratio: number) => ({
  scope: "span" as const,
  tiers: [{ name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio } }],
});
const PRICES = 150;

let server: ServerProcess;
let owner: Api;
let viewer: Api;
let policyId: string;

beforeAll(async () => {
  server = await startServerProcess();
  owner = await createOwner(server);
  const { url } = await owner.trpc.people.invite.mutate({ role: "viewer", email: "vera@example.com" });
  const vera = { name: "=Vera", email: "vera@example.com", password: "a long enough password" };
  const response = await fetch(`${server.http}/api/setup`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: server.http },
    body: JSON.stringify({ ...vera, token: new URL(url).searchParams.get("token") }),
  });
  expect(response.status).toBe(200);
  viewer = await signIn(server.http, vera);
  ({ id: policyId } = await owner.trpc.policies.create.mutate({ name: "Checkout-policy", body: policy(0.25) }));
  await owner.trpc.policies.saveVersion.mutate({ id: policyId, baseVersion: 1, body: policy(0.5), message: "black friday" });
  for (let index = 0; index < PRICES; index++) await owner.trpc.prices.set.mutate({ microUsdPerGbKept: index, microUsdPerCollectorHour: 1 });
});
afterAll(() => server?.remove());

const list = (filter: AuditFilter, cursor?: string) => viewer.trpc.audit.list.query({ filter, cursor });
const sentences = async (filter: AuditFilter) => (await list(filter)).events.map((event) => `${event.actorName} ${event.sentence}`);

describe("the list", () => {
  it("comes in pages, newest first, without a gap and without an event twice", async () => {
    const first = await list({});
    expect(first.events).toHaveLength(100);
    const second = await list({}, first.nextCursor ?? "");
    expect(second.nextCursor).toBeNull();
    const ids = [...first.events, ...second.events].map((event) => Number(event.id));
    expect(ids).toEqual(Array.from({ length: ids.length }, (_, index) => ids[0] - index));
    expect(ids.at(-1)).toBe(1);
  });

  it.each<[string, AuditFilter, string[]]>([
    [
      "the beginning of a word",
      { text: "check" },
      ["Olga Owner raised default from 25% to 50% in policy Checkout-policy (v2)", "Olga Owner created the sampling policy Checkout-policy"],
    ],
    ["words that stand in different places", { text: "Friday saveversion" }, ["Olga Owner raised default from 25% to 50% in policy Checkout-policy (v2)"]],
    ["words that no event has all of", { text: "friday vera" }, []],
    ["a person", { actor: "=Vera", action: "person.join" }, ["=Vera joined as viewer"]],
    ["an action", { action: "policy.create" }, ["Olga Owner created the sampling policy Checkout-policy"]],
    ["a time after all", { fromMs: Date.now() + 3_600_000 }, []],
    ["a time before all", { toMs: 1 }, []],
  ])("is filtered by %s", async (_what, filter, expected) => {
    expect(await sentences(filter)).toEqual(expected);
  });

  it("takes what a query language would read for words, or for nothing", async () => {
    expect((await list({ text: "'); --" })).events).toHaveLength(100);
    expect((await list({ text: "check:* | !x & 'y" })).events).toEqual([]);
  });

  it("is filtered by what it is about, and by times", async () => {
    const { events } = await list({ entityId: policyId });
    expect(events.map((event) => event.action)).toEqual(["policy.saveVersion", "policy.create"]);
    const [saved, created] = events;
    expect((await list({ entity: "policy", fromMs: saved.atMs })).events.map((event) => event.id)).toEqual([saved.id]);
    expect((await list({ entity: "policy", toMs: saved.atMs })).events.map((event) => event.id)).toContain(created.id);
  });

  it("offers to choose from what there is", async () => {
    const { actors, actions, entities } = await viewer.trpc.audit.choices.query();
    expect(actors).toEqual(expect.arrayContaining(["=Vera", "Headgate", "Olga Owner"]));
    expect(actions).toEqual(expect.arrayContaining(["policy.create", "prices.set", "setup.seed"]));
    expect(entities).toEqual([...entities].sort());
  });

  it("says how many events came since, and counts to 100", async () => {
    const [newest] = (await list({})).events;
    expect(await viewer.trpc.auditNews.count.query({ afterId: newest.id })).toBe(0);
    await owner.trpc.policies.rename.mutate({ id: policyId, name: "Renamed" });
    expect(await viewer.trpc.auditNews.count.query({ afterId: newest.id })).toBe(1);
    expect(await viewer.trpc.auditNews.count.query({ afterId: newest.id, filter: { action: "prices.set" } })).toBe(0);
    expect(await viewer.trpc.auditNews.count.query({ afterId: "0" })).toBe(100);
  });

  it("refuses a filter that can't be, at its path", async () => {
    await expect(list({ text: "x".repeat(300) })).rejects.toMatchObject({ data: { appCode: "INVALID", problems: [{ path: "filter.text" }] } });
    await expect(list({ colour: "red" } as AuditFilter)).rejects.toMatchObject({ data: { appCode: "INVALID" } });
    await expect(list({}, "1; DROP TABLE")).rejects.toMatchObject({ data: { appCode: "INVALID", problems: [{ path: "cursor" }] } });
  });
});

describe("one event", () => {
  it("is shown whole, with its neighbours; addresses are for admins alone", async () => {
    const [event] = (await list({ action: "person.invite" })).events;
    const all = await owner.trpc.audit.get.query({ id: event.id });
    expect(all).toMatchObject({
      after: { email: "vera@example.com", role: "viewer" },
      origin: { via: "api", ip: "127.0.0.1", agent: expect.any(String) },
      hash: expect.any(String),
    });
    expect(all).toMatchObject({ sentence: "invited vera@example.com as viewer", olderId: String(Number(event.id) - 1), newerId: String(Number(event.id) + 1) });
    const some = await viewer.trpc.audit.get.query({ id: event.id });
    expect(some).toMatchObject({ sentence: "invited somebody as viewer", origin: { via: "api", requestId: expect.any(String) } });
    expect(JSON.stringify([some, await list({}), await list({}, "100")])).not.toMatch(/vera@example|127\.0\.0\.1/);
    expect((await list({ text: "vera@example" })).events.filter(({ action }) => action === "person.invite")).toEqual([]);
  });

  it("that is not there is not found", async () => {
    await expect(viewer.trpc.audit.get.query({ id: "999999" })).rejects.toMatchObject({ data: { appCode: "NOT_FOUND" } });
  });
});

describe("the download", () => {
  const download = (query: string, { cookie }: { cookie: string } = viewer) => fetch(`${server.http}/api/audit.csv${query}`, { headers: { cookie } });

  it("has the events of the filter, no formula in it, and is an event itself", async () => {
    const response = await download("?by=%3DVera");
    expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(response.headers.get("content-disposition")).toMatch(/^attachment; filename="headgate-audit-\d{4}-\d\d-\d\d\.csv"$/);
    const lines = (await response.text()).trimEnd().split("\r\n");
    expect(lines[0]).toMatch(/^number,time,who,/);
    expect(lines.filter((line) => line.includes("joined as viewer"))).toEqual([expect.stringContaining(`,"'=Vera",person,joined as viewer,`)]);
    const [event] = (await list({ action: "audit.export" })).events;
    expect(await viewer.trpc.audit.get.query({ id: event.id })).toMatchObject({ actorName: "=Vera", detail: { filter: { actor: "=Vera" } } });
  });

  it("has all events when there are more than are read at a time", async () => {
    const lines = (await (await download("", owner)).text()).trimEnd().split("\r\n");
    const newest = Number((await list({})).events[0].id);
    expect(lines.length - 1).toBeGreaterThanOrEqual(newest);
    expect(lines.join("\n")).toContain("vera@example.com");
  });

  it("is refused without a session, and with a filter that can't be read", async () => {
    expect((await download("", { cookie: "" })).status).toBe(401);
    const bad = await download("?from=yesterday");
    expect([bad.status, await bad.json()]).toEqual([400, expect.objectContaining({ problems: [expect.objectContaining({ path: "fromMs" })] })]);
    expect((await fetch(`${server.http}/api/audit.csv`, { method: "POST", headers: { cookie: viewer.cookie, origin: server.http } })).status).toBe(405);
  });

  it("gives its place back when a reader goes away half-way, so that later ones are served", async () => {
    for (let round = 0; round < 8; round++) {
      const abort = new AbortController();
      const response = await fetch(`${server.http}/api/audit.csv`, { headers: { cookie: owner.cookie }, signal: abort.signal });
      expect(response.status).toBe(200);
      abort.abort();
    }
    expect((await download("?by=nobody")).status).toBe(200);
  });
});
