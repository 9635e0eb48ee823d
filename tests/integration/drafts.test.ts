import { randomUUID } from "node:crypto";
import { TRPCClientError } from "@trpc/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DRAFT_CHARACTERS_MAX, DRAFTS_MAX, type SaveDraftInput } from "#server/services/drafts/draftInput.ts";
import { type Api, createOwner, signIn } from "../fixtures/api.ts";
import { type ServerProcess, startServerProcess } from "./serverProcess.ts";

const policy = (ratio: number) => ({
  scope: "span" as const,
  tiers: [{ name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio } }],
});

let server: ServerProcess;
let owner: Api;
let other: Api;

beforeAll(async () => {
  server = await startServerProcess();
  owner = await createOwner(server);
  const { url } = await owner.trpc.people.invite.mutate({ role: "editor", email: "other@example.com" });
  const person = { name: "Other", email: "other@example.com", password: "a long enough password" };
  const body = JSON.stringify({ token: new URL(url).searchParams.get("token"), ...person });
  const made = await fetch(`${server.http}/api/setup`, { method: "POST", headers: { "content-type": "application/json", origin: server.http }, body });
  expect(made.status).toBe(200);
  other = await signIn(server.http, person);
});
afterAll(() => server?.remove());

const save = (api: Api, draft: Partial<SaveDraftInput>) =>
  api.trpc.drafts.save.mutate({ kind: "sampling", key: "new-four-tiers", baseVersion: 0, name: null, body: {}, tab: "one", ...draft });
const read = (api: Api, key: string, kind: SaveDraftInput["kind"] = "sampling") => api.trpc.drafts.get.query({ kind, key });

async function refusal(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => null,
    (thrown) => thrown,
  );
  if (!(error instanceof TRPCClientError)) throw new Error("the call was not refused");
  return error.message;
}

describe("a draft", () => {
  it("is not taken from a tab of somebody else, who was signed in in that browser before", async () => {
    const key = randomUUID();
    const mine = (await owner.trpc.session.me.query())?.id;
    expect(await refusal(save(other, { key, owner: mine }))).toMatch(/^somebody else is signed in in this browser by now/);
    expect([await read(owner, key), await read(other, key)]).toEqual([null, null]);
    await save(owner, { key, owner: mine });
    expect(await read(owner, key)).toMatchObject({ key });
    await owner.trpc.drafts.discard.mutate({ kind: "sampling", key });
  });

  it("is one person's alone, and comes back exactly as it was left, however wrong it is", async () => {
    const key = randomUUID();
    const body = { tiers: "no list", text: "half typed\u0000\ud800", deep: [[[{ n: 1e300 }]]] };
    const { savedAtMs } = await save(owner, { key, baseVersion: 3, name: "mine", body });
    expect(await read(owner, key)).toEqual({ kind: "sampling", key, baseVersion: 3, name: "mine", body, tab: "one", savedAtMs });
    expect(await read(other, key)).toBeNull();
    expect(await owner.trpc.drafts.list.query()).toEqual([{ kind: "sampling", key, baseVersion: 3, name: "mine", savedAtMs }]);
    expect(await other.trpc.drafts.list.query()).toEqual([]);
    expect(await other.trpc.drafts.discard.mutate({ kind: "sampling", key })).toEqual({ discarded: false });
    expect(await owner.trpc.drafts.discard.mutate({ kind: "sampling", key })).toEqual({ discarded: true });
    expect(await read(owner, key)).toBeNull();
  });

  it("ends with the version that it becomes, and only then", async () => {
    await save(owner, { body: { first: true } });
    const taken = owner.trpc.policies.create.mutate({ name: "keep everything", body: policy(1), draftKey: "new-four-tiers" });
    expect(await refusal(taken)).toContain("already");
    expect(await read(owner, "new-four-tiers")).not.toBeNull();
    const { id } = await owner.trpc.policies.create.mutate({ name: "from a draft", body: policy(1), draftKey: "new-four-tiers" });
    expect(await read(owner, "new-four-tiers")).toBeNull();

    await save(owner, { key: id, baseVersion: 1 });
    await save(other, { key: id, baseVersion: 1 });
    await owner.trpc.policies.saveVersion.mutate({ id, baseVersion: 1, body: policy(0.5) });
    expect(await read(owner, id)).toBeNull();
    expect(await read(other, id)).toMatchObject({ baseVersion: 1 });
    expect(await refusal(other.trpc.policies.saveVersion.mutate({ id, baseVersion: 1, body: policy(0.4) }))).toContain("in the meantime");
    expect(await read(other, id)).toMatchObject({ baseVersion: 1 });
    await other.trpc.drafts.discard.mutate({ kind: "sampling", key: id });
  });

  it("tells a tab that another one of the same person had written, and the last one wins", async () => {
    const key = randomUUID();
    expect(await save(owner, { key, body: 1 })).toMatchObject({ otherTabAtMs: null });
    expect(await save(owner, { key, body: 2 })).toMatchObject({ otherTabAtMs: null });
    const before = await read(owner, key);
    expect(await save(owner, { key, body: 3, tab: "two" })).toMatchObject({ otherTabAtMs: before?.savedAtMs });
    expect(await read(owner, key)).toMatchObject({ body: 3, tab: "two" });
    await owner.trpc.drafts.discard.mutate({ kind: "sampling", key });
  });

  it("outlives the session that it was written in", async () => {
    const key = randomUUID();
    const session = await signIn(server.http);
    await save(session, { key, body: { kept: true } });
    const out = await fetch(`${server.http}/api/auth/sign-out`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: server.http, cookie: session.cookie },
      body: "{}",
    });
    expect(out.status).toBe(200);
    expect(await refusal(save(session, { key, body: { kept: false } }))).toContain("sign in");
    expect(await read(await signIn(server.http), key)).toMatchObject({ body: { kept: true } });
    await owner.trpc.drafts.discard.mutate({ kind: "sampling", key });
  });

  it("is refused when it is too large, and says so; of a header it never takes the value", async () => {
    expect(await refusal(save(owner, { body: "x".repeat(DRAFT_CHARACTERS_MAX) }))).toMatch(/^body: the draft has 262146 characters, at most 262144/);
    const rows = (value: string | null) => ({ kind: "export" as const, body: { kind: "otlp", headers: { rows: [{ name: "x-api-key", value }] } } });
    expect(await refusal(save(owner, rows("secret")))).toContain("body.headers.rows[0].value: header values are not kept in drafts");
    await save(owner, rows(null));
    await owner.trpc.drafts.discard.mutate({ kind: "export", key: "new-four-tiers" });
    expect(await refusal(save(owner, { kind: "nonsense" as never }))).toContain("kind: must be one of");
  });

  it("makes room for the newest when a person has too many, and says which one went", async () => {
    const keys = Array.from({ length: DRAFTS_MAX + 2 }, (_, index) => `new-${index}`);
    const answers = [];
    for (const key of keys) answers.push(await save(other, { key, name: key }));
    expect(answers.slice(0, DRAFTS_MAX).flatMap(({ letGo }) => letGo)).toEqual([]);
    expect(answers.slice(DRAFTS_MAX).map(({ letGo }) => letGo.map(({ key }) => key))).toEqual([["new-0"], ["new-1"]]);
    const left = await other.trpc.drafts.list.query();
    expect(left).toHaveLength(DRAFTS_MAX);
    expect(left.map(({ key }) => key)).not.toContain("new-0");
  });
});
