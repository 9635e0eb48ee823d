import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Api, createOwner, OWNER, signIn } from "../fixtures/api.ts";
import { waitFor } from "../fixtures/waitFor.ts";
import { type ServerProcess, startServerProcess } from "./serverProcess.ts";

const BEN = { name: "Ben", email: "ben@example.com", password: "a long enough password" };
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0";

let server: ServerProcess;
let owner: Api;
let ben: Api;

async function post(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${server.http}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: server.http, ...headers },
    body: JSON.stringify(body),
  });
}

beforeAll(async () => {
  server = await startServerProcess();
  owner = await createOwner(server);
  const { url } = await owner.trpc.people.invite.mutate({ role: "viewer" });
  expect((await post("/api/setup", { token: new URL(url).searchParams.get("token"), ...BEN })).status).toBe(200);
  ben = await signIn(server.http, BEN);
});
afterAll(() => server?.remove());

const signedOut = (api: Api) => waitFor("the session to end", async () => (await api.trpc.session.me.query()) === null);

describe("sessions", () => {
  it("are listed with the address that was seen and the browser in words, whatever a header says; others' are not", async () => {
    const response = await post("/api/auth/sign-in/email", OWNER, { "user-agent": FIREFOX, "x-forwarded-for": "203.0.113.9" });
    expect(response.status).toBe(200);
    const sessions = await owner.trpc.session.list.query();
    expect(sessions[0]).toMatchObject({ isThis: true, ip: "127.0.0.1", agent: "node" });
    expect(sessions[1]).toMatchObject({ isThis: false, ip: "127.0.0.1", agent: "Firefox 142 on Linux" });
    expect(JSON.stringify(sessions)).not.toContain("token");
    const own = await ben.trpc.session.list.query();
    expect(own.map(({ id }) => id).filter((id) => sessions.some((session) => session.id === id))).toEqual([]);
    await expect(ben.trpc.session.end.mutate({ id: sessions[1].id })).rejects.toMatchObject({ data: { appCode: "NOT_FOUND" } });
  });

  it("end one by one: the next call is answered 401, and the live stream is closed", async () => {
    const other = await signIn(server.http, BEN);
    const response = await fetch(`${server.http}/trpc/live.events?input=${encodeURIComponent(JSON.stringify({ topics: [] }))}`, {
      headers: { cookie: other.cookie, accept: "text/event-stream" },
    });
    const ended = response.text().then(
      () => "ended",
      () => "ended",
    );
    const before = await ben.trpc.session.list.query();
    const ids = new Set(before.map(({ id }) => id));
    const { id } = (await other.trpc.session.list.query())[0];
    expect(ids.has(id)).toBe(true);
    await ben.trpc.session.end.mutate({ id });
    expect(await ended).toBe("ended");
    await signedOut(other);
    await expect(other.trpc.policies.list.query()).rejects.toMatchObject({ data: { appCode: "UNAUTHENTICATED", httpStatus: 401 } });
    expect(await ben.trpc.session.me.query()).toMatchObject({ name: "Ben" });
  });

  it("end all but the one that asks", async () => {
    const others = await Promise.all([signIn(server.http, BEN), signIn(server.http, BEN)]);
    const { ended } = await ben.trpc.session.endOthers.mutate();
    expect(ended).toBeGreaterThanOrEqual(2);
    for (const other of others) await signedOut(other);
    expect(await ben.trpc.session.list.query()).toEqual([expect.objectContaining({ isThis: true })]);
    expect(await ben.trpc.session.endOthers.mutate()).toEqual({ ended: 0 });
  });

  it("of a person are ended by an admin, who may sign in again", async () => {
    const { id } = (await owner.trpc.people.list.query()).find(({ name }) => name === "Ben") ?? { id: "" };
    expect(await owner.trpc.people.endSessions.mutate({ id })).toEqual({ ended: 1 });
    await signedOut(ben);
    ben = await signIn(server.http, BEN);
    expect(await ben.trpc.session.me.query()).toMatchObject({ name: "Ben" });
  });
});

describe("the audit of signing in and out", () => {
  const events = async (action: string) => {
    const page = await owner.trpc.audit.list.query({ filter: { action } });
    return Promise.all(page.events.map(({ id }) => owner.trpc.audit.get.query({ id })));
  };

  it("has who signed in and out, and with what", async () => {
    const [signedIn] = await events("session.signIn");
    expect(signedIn).toMatchObject({ actorName: "Ben", actorKind: "person", entityId: expect.any(String), origin: { ip: "127.0.0.1" } });
    const other = await signIn(server.http, BEN);
    await post("/api/auth/sign-out", {}, { cookie: other.cookie });
    expect((await events("session.signOut"))[0]).toMatchObject({ actorName: "Ben", sentence: "signed out" });
    await post("/api/auth/sign-out", {}, { cookie: other.cookie });
    expect(await events("session.signOut")).toHaveLength(1);
  });

  it("has failed tries with the address and the reason, never the password, and shows e-mail addresses to admins alone", async () => {
    const password = "not the right password \u0000";
    for (let round = 0; round < 12; round++) await post("/api/auth/sign-in/email", { email: "nobody\ud800@example.com", password });
    const failed = await events("session.signInFailed");
    expect(failed.length).toBeGreaterThanOrEqual(12);
    expect(failed[0]).toMatchObject({ actorKind: "nobody", actorName: "Somebody", detail: { reason: "too many tries" }, origin: { ip: "127.0.0.1" } });
    expect(failed.at(-1)).toMatchObject({ detail: { reason: "e-mail or password is not right", email: expect.stringContaining("@example.com") } });
    expect(JSON.stringify(failed)).not.toContain("not the right");
    const seen = await ben.trpc.audit.get.query({ id: failed[0].id });
    expect(JSON.stringify(seen)).not.toContain("example.com");
    expect(seen.sentence).toBe("tried to sign in: too many tries");
  });

  it("is bounded: what is more than a hundred failed tries an hour is counted", async () => {
    for (let round = 0; round < 110; round++) await post("/api/auth/sign-in/email", { email: `guess${round}@example.com`, password: "wrong password" });
    const page = await owner.trpc.audit.list.query({ filter: { action: "session.signInFailed" } });
    expect(page).toMatchObject({ events: { length: 100 }, nextCursor: null });
    const metrics = await (await fetch(`${server.http}/metrics`)).text();
    expect(Number(metrics.match(/headgate_failed_sign_ins_left_out_total (\d+)/)?.[1])).toBeGreaterThan(0);
  });
});
