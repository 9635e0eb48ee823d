// One piece of over 400 lines: a server with its database takes seconds to start, and everything here is asked of the same one.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { createTRPCClient, httpBatchLink, TRPCClientError } from "@trpc/client";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Role, roleAllows } from "#domain/auth/role.ts";
import { SIGN_ON_DEFAULT } from "#domain/auth/signOnSettings.ts";
import { configHash } from "#domain/fleet/configHash.ts";
import { DEFAULT_PLAN } from "#domain/fleet/rollout/rolloutPlan.ts";
import { type PipelineSettings, pipelineSettingsSchema } from "#domain/pipeline/pipelineSettings.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import type { LiveEvent } from "#domain/telemetry/live.ts";
import { headgate } from "#proto/gen/fleet.js";
import { type AppRouter, appRouter } from "#server/trpc/appRouter.ts";
import { type Api, createOwner, OWNER, signIn } from "../fixtures/api.ts";
import { waitFor } from "../fixtures/waitFor.ts";
import { enrol, measurement, type ServerProcess, startServerProcess } from "./serverProcess.ts";

const { APPLYING, APPLIED, FAILED } = headgate.fleet.v1.ConfigReport.State;
const SECRET_HEADER = "s3cret-api-key-that-must-not-leak";

let server: ServerProcess;
let owner: Api;
let viewer: Api;
let editor: Api;
let localToken: string;
const PIPELINE = pipelineSettingsSchema.parse({});
const nobody = () => createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${server.http}/trpc` })] });

function policy(ratio: number): SamplingPolicy {
  return {
    scope: "span",
    tiers: [
      { name: "errors", condition: { kind: "status", is: "error" }, keep: { kind: "ratio", ratio: 1 } },
      { name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio } },
    ],
  };
}

async function post(path: string, body: unknown, headers: Record<string, string> = { origin: server.http }) {
  return fetch(`${server.http}${path}`, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
}

/** What a refused call carries for the page. */
async function refusal(call: Promise<unknown>) {
  const error = await call.then(
    () => null,
    (thrown) => thrown,
  );
  if (!(error instanceof TRPCClientError)) throw new Error("the call was not refused");
  return { message: error.message, ...error.data } as {
    message: string;
    appCode: string;
    code: string;
    problems?: { path: string; message: string }[];
    conflict?: Record<string, unknown>;
    stack?: string;
  };
}

async function invite(role: "viewer" | "editor" | "admin", email: string): Promise<Api> {
  const { url } = await owner.trpc.people.invite.mutate({ role, email });
  const token = new URL(url).searchParams.get("token");
  const person = { name: `${role} of the test`, email, password: "a long enough password" };
  expect((await post("/api/setup", { token, ...person })).status).toBe(200);
  return signIn(server.http, person);
}

beforeAll(async () => {
  server = await startServerProcess();
  localToken = readFileSync(join(server.dataDir, "local-enrolment-token"), "utf8").trim();
  const token = new URL(server.setupUrl ?? "").searchParams.get("token");
  const attempt = (email: string) => post("/api/setup", { token, name: "Owner", email, password: OWNER.password });
  expect((await attempt("not an address")).status).toBe(400);
  const both = await Promise.all([attempt(OWNER.email), attempt("second@example.com")]);
  expect(both.map((response) => response.status).sort()).toEqual([200, 403]);
  const winner = both[0].ok ? OWNER.email : "second@example.com";
  owner = await signIn(server.http, { email: winner, password: OWNER.password });
  viewer = await invite("viewer", "viewer@example.com");
  editor = await invite("editor", "editor@example.com");
});
afterAll(() => server?.remove());

describe("sign-in", () => {
  it("gave the owner's link to exactly one of two who used it at the same time, and to nobody after", async () => {
    expect(await owner.trpc.session.me.query()).toMatchObject({ role: "admin" });
    expect(await owner.trpc.people.list.query()).toHaveLength(3);
    await expect(createOwner(server)).rejects.toThrow("403");
  });

  it("answers who you are without a session, and nothing else", async () => {
    expect(await nobody().session.me.query()).toBeNull();
    expect(await refusal(nobody().policies.list.query())).toMatchObject({ appCode: "UNAUTHENTICATED", code: "UNAUTHORIZED" });
  });

  it("sets a cookie that scripts can't read and other sites can't use", async () => {
    const response = await post("/api/auth/sign-in/email", { email: "viewer@example.com", password: "a long enough password" });
    expect(response.headers.getSetCookie()[0]).toMatch(/^headgate\.session_token=.*HttpOnly.*SameSite=Lax/i);
  });

  it("ends a session with sign-out", async () => {
    const api = await signIn(server.http, { email: "viewer@example.com", password: "a long enough password" });
    expect(await api.trpc.session.me.query()).not.toBeNull();
    expect((await post("/api/auth/sign-out", {}, { origin: server.http, cookie: api.cookie })).status).toBe(200);
    expect(await api.trpc.session.me.query()).toBeNull();
  });

  it("keeps sign-up and the rest of the library closed", async () => {
    expect((await post("/api/auth/sign-up/email", { name: "x", email: "x@example.com", password: "a long enough password" })).status).toBe(404);
    expect((await post("/api/auth/update-user", { role: "admin" }, { origin: server.http, cookie: viewer.cookie })).status).toBe(404);
  });

  it("limits tries per account, also with the right password afterwards, and says how long to wait", async () => {
    const attempt = (password: string) => post("/api/auth/sign-in/email", { email: "editor@example.com", password });
    const codes: number[] = [];
    for (let i = 0; i < 12; i++) codes.push((await attempt("wrong password")).status);
    expect(codes.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
    expect(codes.at(-1)).toBe(429);
    const refused = await attempt("a long enough password");
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  });
});

describe("roles", () => {
  const id = randomUUID();
  const policyBody = policy(1);
  const discard = { kind: "discard" } as const;
  type Call = (api: Api["trpc"]) => Promise<unknown>;
  const MUTATIONS: Record<string, { role: Role; call: Call }> = {
    "policies.create": { role: "editor", call: (trpc) => trpc.policies.create.mutate({ name: "x", body: policyBody }) },
    "policies.saveVersion": { role: "editor", call: (trpc) => trpc.policies.saveVersion.mutate({ id, baseVersion: 1, body: policyBody }) },
    "policies.rename": { role: "editor", call: (trpc) => trpc.policies.rename.mutate({ id, name: "x" }) },
    "policies.archive": { role: "editor", call: (trpc) => trpc.policies.archive.mutate({ id }) },
    "policies.restore": { role: "editor", call: (trpc) => trpc.policies.restore.mutate({ id }) },
    "policies.duplicate": { role: "editor", call: (trpc) => trpc.policies.duplicate.mutate({ id }) },
    "destinations.create": { role: "editor", call: (trpc) => trpc.destinations.create.mutate({ name: "x", body: discard }) },
    "destinations.saveVersion": { role: "editor", call: (trpc) => trpc.destinations.saveVersion.mutate({ id, baseVersion: 1, body: discard }) },
    "destinations.rename": { role: "editor", call: (trpc) => trpc.destinations.rename.mutate({ id, name: "x" }) },
    "destinations.archive": { role: "editor", call: (trpc) => trpc.destinations.archive.mutate({ id }) },
    "destinations.restore": { role: "editor", call: (trpc) => trpc.destinations.restore.mutate({ id }) },
    "destinations.duplicate": { role: "editor", call: (trpc) => trpc.destinations.duplicate.mutate({ id }) },
    "destinations.check": { role: "editor", call: (trpc) => trpc.destinations.check.mutate({ body: discard }) },
    "pipelines.create": { role: "editor", call: (trpc) => trpc.pipelines.create.mutate({ name: "x", body: PIPELINE }) },
    "pipelines.saveVersion": { role: "editor", call: (trpc) => trpc.pipelines.saveVersion.mutate({ id, baseVersion: 1, body: PIPELINE }) },
    "pipelines.rename": { role: "editor", call: (trpc) => trpc.pipelines.rename.mutate({ id, name: "x" }) },
    "pipelines.archive": { role: "editor", call: (trpc) => trpc.pipelines.archive.mutate({ id }) },
    "pipelines.restore": { role: "editor", call: (trpc) => trpc.pipelines.restore.mutate({ id }) },
    "pipelines.duplicate": { role: "editor", call: (trpc) => trpc.pipelines.duplicate.mutate({ id }) },
    "drafts.save": { role: "editor", call: (trpc) => trpc.drafts.save.mutate({ kind: "sampling", key: id, baseVersion: 1, name: null, body: {}, tab: "t" }) },
    "drafts.discard": { role: "editor", call: (trpc) => trpc.drafts.discard.mutate({ kind: "sampling", key: id }) },
    "revisions.start": { role: "editor", call: (trpc) => trpc.revisions.start.mutate({ kind: "policy", id, version: 1 }) },
    "revisions.revert": { role: "editor", call: (trpc) => trpc.revisions.revert.mutate({ groupId: id, revision: 1 }) },
    "compare.start": {
      role: "editor",
      call: (trpc) =>
        trpc.compare.start.mutate({
          candidate: { kind: "version", policyId: id, version: 1 },
          where: { kind: "group", groupId: id },
          over: { kind: "live", minutes: 5 },
        }),
    },
    "compare.stop": { role: "editor", call: (trpc) => trpc.compare.stop.mutate({ id }) },
    "rollouts.start": { role: "editor", call: (trpc) => trpc.rollouts.start.mutate({ kind: "policy", id, version: 1, plan: DEFAULT_PLAN }) },
    "rollouts.approve": { role: "approver", call: (trpc) => trpc.rollouts.approve.mutate({ number: 1 }) },
    "rollouts.pause": { role: "editor", call: (trpc) => trpc.rollouts.pause.mutate({ number: 1 }) },
    "rollouts.resume": { role: "approver", call: (trpc) => trpc.rollouts.resume.mutate({ number: 1 }) },
    "rollouts.promote": { role: "approver", call: (trpc) => trpc.rollouts.promote.mutate({ number: 1 }) },
    "rollouts.abort": { role: "editor", call: (trpc) => trpc.rollouts.abort.mutate({ number: 1 }) },
    "rollouts.stopAll": { role: "admin", call: (trpc) => trpc.rollouts.stopAll.mutate({ reason: "x" }) },
    "rollouts.release": { role: "admin", call: (trpc) => trpc.rollouts.release.mutate() },
    "rollouts.setFreezeWindows": { role: "admin", call: (trpc) => trpc.rollouts.setFreezeWindows.mutate({ windows: [] }) },
    "groups.create": { role: "editor", call: (trpc) => trpc.groups.create.mutate({ name: "x", selector: "env=x" }) },
    "groups.update": { role: "editor", call: (trpc) => trpc.groups.update.mutate({ id, name: "x", selector: "env=x" }) },
    "groups.archive": { role: "editor", call: (trpc) => trpc.groups.archive.mutate({ id }) },
    "groups.restore": { role: "editor", call: (trpc) => trpc.groups.restore.mutate({ id }) },
    "fleet.setLabels": { role: "editor", call: (trpc) => trpc.fleet.setLabels.mutate({ id, labels: {} }) },
    "fleet.setOverride": {
      role: "editor",
      call: (trpc) => trpc.fleet.setOverride.mutate({ collectorId: id, changes: [{ kind: "policy", id, version: 1 }], reason: "x", minutes: 5 }),
    },
    "fleet.endOverride": { role: "editor", call: (trpc) => trpc.fleet.endOverride.mutate({ id }) },
    "fleet.forget": { role: "admin", call: (trpc) => trpc.fleet.forget.mutate({ id }) },
    "fleet.revokeCredential": { role: "admin", call: (trpc) => trpc.fleet.revokeCredential.mutate({ id }) },
    "fleet.createToken": { role: "admin", call: (trpc) => trpc.fleet.createToken.mutate({ name: "x" }) },
    "fleet.revokeToken": { role: "admin", call: (trpc) => trpc.fleet.revokeToken.mutate({ id }) },
    "fleet.recordProfile": { role: "editor", call: (trpc) => trpc.fleet.recordProfile.mutate({ id, kind: "cpu", seconds: 1 }) },
    "webhooks.create": { role: "admin", call: (trpc) => trpc.webhooks.create.mutate({ name: "x", url: "http://127.0.0.1:9", events: ["rollout.completed"] }) },
    "webhooks.update": {
      role: "admin",
      call: (trpc) => trpc.webhooks.update.mutate({ id, name: "x", url: "http://127.0.0.1:9", events: ["rollout.completed"], state: "paused" }),
    },
    "webhooks.remove": { role: "admin", call: (trpc) => trpc.webhooks.remove.mutate({ id }) },
    "webhooks.rotateSecret": { role: "admin", call: (trpc) => trpc.webhooks.rotateSecret.mutate({ id }) },
    "webhooks.test": { role: "admin", call: (trpc) => trpc.webhooks.test.mutate({ id }) },
    "webhooks.redeliver": { role: "admin", call: (trpc) => trpc.webhooks.redeliver.mutate({ id }) },
    "breakGlass.start": {
      role: "editor",
      call: (trpc) => trpc.breakGlass.start.mutate({ condition: { kind: "always" }, selector: "", minutes: 1, reason: "x" }),
    },
    "breakGlass.extend": { role: "editor", call: (trpc) => trpc.breakGlass.extend.mutate({ id, minutes: 1 }) },
    "breakGlass.end": { role: "editor", call: (trpc) => trpc.breakGlass.end.mutate({ id }) },
    "prices.set": { role: "editor", call: (trpc) => trpc.prices.set.mutate({ microUsdPerGbKept: 1, microUsdPerCollectorHour: 1 }) },
    "sampleTraffic.start": { role: "editor", call: (trpc) => trpc.sampleTraffic.start.mutate() },
    "sampleTraffic.stop": { role: "editor", call: (trpc) => trpc.sampleTraffic.stop.mutate() },
    "signOn.set": { role: "admin", call: (trpc) => trpc.signOn.set.mutate({ settings: SIGN_ON_DEFAULT, clientSecret: null, basedOnMs: null }) },
    "signOn.test": { role: "admin", call: (trpc) => trpc.signOn.test.mutate({ settings: SIGN_ON_DEFAULT, clientSecret: null }) },
    "people.invite": { role: "admin", call: (trpc) => trpc.people.invite.mutate({ role: "viewer" }) },
    "people.setRole": { role: "admin", call: (trpc) => trpc.people.setRole.mutate({ id, role: "admin" }) },
    "people.endSessions": { role: "admin", call: (trpc) => trpc.people.endSessions.mutate({ id }) },
    "session.end": { role: "viewer", call: (trpc) => trpc.session.end.mutate({ id }) },
    "session.endOthers": { role: "viewer", call: (trpc) => trpc.session.endOthers.mutate() },
    "people.setGrant": { role: "admin", call: (trpc) => trpc.people.setGrant.mutate({ id, groupId: "default", role: "editor" }) },
    "approvals.ask": { role: "editor", call: (trpc) => trpc.approvals.ask.mutate({ kind: "policy", id, version: 1 }) },
    "approvals.approve": { role: "approver", call: (trpc) => trpc.approvals.approve.mutate({ id }) },
    "approvals.reject": { role: "approver", call: (trpc) => trpc.approvals.reject.mutate({ id, reason: "x" }) },
    "approvals.withdraw": { role: "editor", call: (trpc) => trpc.approvals.withdraw.mutate({ id }) },
    "approvals.set": { role: "admin", call: (trpc) => trpc.approvals.set.mutate({ everywhere: true }) },
    "apiTokens.create": { role: "viewer", call: (trpc) => trpc.apiTokens.create.mutate({ name: "x", scopes: ["read"], expiresInDays: 1 }) },
    "apiTokens.revoke": { role: "viewer", call: (trpc) => trpc.apiTokens.revoke.mutate({ id }) },
    "people.remove": { role: "admin", call: (trpc) => trpc.people.remove.mutate({ id }) },
  };

  it("names every mutation there is", () => {
    const procedures: Record<string, unknown> = { ...appRouter._def.procedures };
    const mutations = Object.keys(procedures).filter((name) => Object(procedures[name])._def.type === "mutation");
    expect(Object.keys(MUTATIONS).sort()).toEqual(mutations.sort());
  });

  it.each(Object.entries(MUTATIONS))("%s needs its role", async (_name, { role, call }) => {
    expect(await refusal(call(nobody()))).toMatchObject({ appCode: "UNAUTHENTICATED" });
    if (role !== "viewer") expect(await refusal(call(viewer.trpc))).toMatchObject({ appCode: "FORBIDDEN" });
    if (!roleAllows("editor", role)) expect(await refusal(call(editor.trpc))).toMatchObject({ appCode: "FORBIDDEN" });
  });

  it("shows people and their addresses to admins alone", async () => {
    expect(await refusal(editor.trpc.people.list.query())).toMatchObject({ appCode: "FORBIDDEN" });
  });

  it("takes effect at once when a role changes, and never lets the last admin go", async () => {
    const person = await invite("viewer", "promoted@example.com");
    const me = await person.trpc.session.me.query();
    await owner.trpc.people.setRole.mutate({ id: me?.id ?? "", role: "editor" });
    await waitFor("the new role", async () => (await person.trpc.session.me.query())?.role === "editor", { timeoutMs: 3_000 });
    await owner.trpc.people.remove.mutate({ id: me?.id ?? "" });
    await waitFor("the session to end", async () => (await person.trpc.session.me.query()) === null, { timeoutMs: 3_000 });
    const admin = await owner.trpc.session.me.query();
    expect(await refusal(owner.trpc.people.setRole.mutate({ id: admin?.id ?? "", role: "viewer" }))).toMatchObject({ appCode: "CONFLICT" });
    expect(await refusal(owner.trpc.people.remove.mutate({ id: admin?.id ?? "" }))).toMatchObject({ appCode: "CONFLICT" });
  });

  it("closes the live stream of a person who was removed", async () => {
    const person = await invite("viewer", "watcher@example.com");
    const me = await person.trpc.session.me.query();
    const response = await fetch(`${server.http}/trpc/live.events?input=${encodeURIComponent(JSON.stringify({ topics: [] }))}`, {
      headers: { cookie: person.cookie, accept: "text/event-stream" },
    });
    expect(response.status).toBe(200);
    const ended = response.text().then(
      () => "ended",
      () => "ended",
    );
    await owner.trpc.people.remove.mutate({ id: me?.id ?? "" });
    expect(await ended).toBe("ended");
  });
});

describe("documents", () => {
  it("tells the second of two editors what the first has saved, and overwrites nothing", async () => {
    const { id } = await editor.trpc.policies.create.mutate({ name: "two editors", body: policy(0.5) });
    const results = await Promise.allSettled([
      editor.trpc.policies.saveVersion.mutate({ id, baseVersion: 1, body: policy(0.1), message: "less" }),
      owner.trpc.policies.saveVersion.mutate({ id, baseVersion: 1, body: policy(0.2), message: "more" }),
    ]);
    expect(results.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
    const saved = await editor.trpc.policies.get.query({ id });
    expect(saved.currentVersion).toBe(2);
    expect(saved.versions).toHaveLength(2);
    const late = await refusal(editor.trpc.policies.saveVersion.mutate({ id, baseVersion: 1, body: policy(0.3) }));
    expect(late).toMatchObject({ appCode: "CONFLICT", code: "CONFLICT", conflict: { currentVersion: 2, body: saved.body } });
    expect((await editor.trpc.policies.version.query({ id, number: 1 })).body).toEqual(policy(0.5));
  });

  it.each<[string, unknown, string]>([
    ["no default tier", { tiers: [{ name: "a", condition: { kind: "status", is: "error" }, keep: { kind: "ratio", ratio: 1 } }] }, "body.tiers[0].condition"],
    ["a ratio above 1", { tiers: [{ name: "a", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 50 } }] }, "body.tiers[0].keep.ratio"],
    ["an unknown field", { ...policy(1), colour: "red" }, "body.colour"],
    [
      "an expression that is not RE2",
      { tiers: [{ name: "a", condition: { kind: "endpoint", match: "regex", values: ["(?=x)"] }, keep: { kind: "ratio", ratio: 1 } }, policy(1).tiers[1]] },
      "body.tiers[0].condition.values[0]",
    ],
    ["two tiers of one name", { tiers: [policy(1).tiers[0], policy(1).tiers[0], policy(1).tiers[1]] }, "body.tiers[1].name"],
    ["a scope that there is not", { ...policy(1), scope: "service" }, "body.scope"],
    ["settings of trace scope in span scope", { ...policy(1), decisionWaitMs: 1_000 }, "body.decisionWaitMs"],
    ["a wait of a day", { ...policy(1), scope: "trace", decisionWaitMs: 86_400_000 }, "body.decisionWaitMs"],
    [
      "1,000 tiers",
      { tiers: Array.from({ length: 1_000 }, (_, index) => ({ ...policy(1).tiers[index === 999 ? 1 : 0], name: `tier ${index}` })) },
      "body.tiers",
    ],
  ])("refuses a policy with %s, at its path", async (_what, body, path) => {
    const refused = await refusal(editor.trpc.policies.create.mutate({ name: "bad", body: body as SamplingPolicy }));
    expect(refused).toMatchObject({ appCode: "INVALID", code: "BAD_REQUEST" });
    expect(refused.problems?.map((problem) => problem.path)).toContain(path);
    expect(refused.stack).toBeUndefined();
  });

  it("saves a policy of trace scope with every default written out, and shows it so", async () => {
    const body = { scope: "trace", tiers: policy(0.5).tiers } as SamplingPolicy;
    const { id } = await editor.trpc.policies.create.mutate({ name: "whole traces", body });
    expect((await viewer.trpc.policies.get.query({ id })).body).toEqual({
      ...body,
      decisionWaitMs: 10_000,
      decisionWaitAfterRootMs: 2_000,
      tracesMax: 100_000,
      spansMax: 500_000,
      bytesMax: 268_435_456,
      decisionCache: { entriesMax: 500_000, ttlMs: 300_000 },
    });
    expect(await viewer.trpc.revisions.preview.query({ kind: "policy", id, version: 1 })).toMatchObject({ sameHash: false });
  });

  it("refuses a policy that leaves waiting traces no room for two requests, at its field", async () => {
    const body = { scope: "trace", tiers: policy(0.5).tiers, bytesMax: 20_000_000 } as SamplingPolicy;
    expect((await refusal(editor.trpc.policies.create.mutate({ name: "too little room", body }))).problems).toEqual([
      { path: "body.bytesMax", message: expect.stringContaining("must be between 33554432 and") },
    ]);
  });

  it("tells who keeps a header that somebody has removed meanwhile of the conflict, not of the missing value", async () => {
    const otlp = { kind: "otlp", protocol: "grpc", endpoint: "http://127.0.0.1:9", compression: "none" } as const;
    const { id } = await editor.trpc.destinations.create.mutate({ name: "removed meanwhile", body: { ...otlp, headers: [{ name: "x-key", value: "a" }] } });
    await editor.trpc.destinations.saveVersion.mutate({ id, baseVersion: 1, body: { ...otlp, headers: [] } });
    const mine = { ...otlp, compression: "gzip" as const, headers: [{ name: "x-key", value: null }] };
    expect(await refusal(editor.trpc.destinations.saveVersion.mutate({ id, baseVersion: 1, body: mine }))).toMatchObject({ appCode: "CONFLICT" });
    expect(await refusal(editor.trpc.destinations.saveVersion.mutate({ id, baseVersion: 2, body: mine }))).toMatchObject({
      problems: [{ path: "body.headers[0].value" }],
    });
  });

  it("refuses a name that is taken, at the name", async () => {
    expect((await refusal(editor.trpc.policies.create.mutate({ name: "keep everything", body: policy(1) }))).problems).toEqual([
      { path: "name", message: expect.stringContaining("already") },
    ]);
  });

  it("never gives a header's value back, keeps it when none is given, and has it sealed in the database", async () => {
    const otlp = { kind: "otlp", protocol: "grpc", endpoint: "http://127.0.0.1:9", compression: "none" } as const;
    const { id } = await editor.trpc.destinations.create.mutate({
      name: "secret backend",
      body: { ...otlp, headers: [{ name: "x-api-key", value: SECRET_HEADER }] },
    });
    await editor.trpc.destinations.saveVersion.mutate({
      id,
      baseVersion: 1,
      body: { ...otlp, compression: "gzip", headers: [{ name: "x-api-key", value: null }] },
    });
    const view = await editor.trpc.destinations.get.query({ id });
    expect(view.body).toEqual({ ...otlp, compression: "gzip", headers: [{ name: "x-api-key", isSet: true }] });
    const unknown = await refusal(
      editor.trpc.destinations.saveVersion.mutate({ id, baseVersion: 2, body: { ...otlp, headers: [{ name: "x-other", value: null }] } }),
    );
    expect(unknown.problems?.[0].path).toBe("body.headers[0].value");
    const elsewhere = { ...otlp, endpoint: "http://127.0.0.1:10", headers: [{ name: "x-api-key", value: null }] };
    for (const lured of [
      await refusal(editor.trpc.destinations.saveVersion.mutate({ id, baseVersion: 2, body: elsewhere })),
      await refusal(editor.trpc.destinations.check.mutate({ id, body: elsewhere })),
    ]) {
      expect(lured.problems?.[0]).toMatchObject({ path: "body.headers[0].value", message: expect.stringContaining("given again") });
    }
    const tls = { caFile: "/etc/ca.crt", insecureSkipVerify: false };
    const secure = { ...otlp, endpoint: "https://127.0.0.1:9", tls };
    const other = await editor.trpc.destinations.create.mutate({
      name: "secret backend with TLS",
      body: { ...secure, headers: [{ name: "x-api-key", value: SECRET_HEADER }] },
    });
    expect((await editor.trpc.destinations.get.query({ id: other.id })).body).toEqual({ ...secure, headers: [{ name: "x-api-key", isSet: true }] });
    const unchecked = { ...secure, tls: { ...tls, insecureSkipVerify: true }, headers: [{ name: "x-api-key", value: null }] };
    expect((await refusal(editor.trpc.destinations.saveVersion.mutate({ id: other.id, baseVersion: 1, body: unchecked }))).problems?.[0]).toMatchObject({
      path: "body.headers[0].value",
      message: expect.stringContaining("not checked any more"),
    });
    const bad = await refusal(editor.trpc.destinations.create.mutate({ name: "bad header", body: { ...otlp, headers: [{ name: "X Y", value: "1" }] } }));
    expect(bad.problems).toEqual([{ path: "body.headers[0].name", message: "must be a header name in lower case" }]);
    await editor.trpc.revisions.start.mutate({ kind: "destination", id, version: 2 });
    const everything = JSON.stringify([
      view,
      await editor.trpc.destinations.list.query(),
      await editor.trpc.destinations.version.query({ id, number: 1 }),
      await editor.trpc.revisions.list.query(),
      await editor.trpc.revisions.current.query(),
    ]);
    expect(everything).not.toContain(SECRET_HEADER);
    expect(await databaseText()).not.toContain(SECRET_HEADER);
  });
});

describe("pipeline settings", () => {
  const withQueue = (spansMax: number): PipelineSettings => ({ ...PIPELINE, queue: { ...PIPELINE.queue, spansMax } });

  it("are there from the first start, with every default, and run", async () => {
    const [standard] = await viewer.trpc.pipelines.list.query();
    expect(standard).toMatchObject({ name: "Standard pipeline", currentVersion: 1, isRunning: true, runningVersion: 1 });
    expect(await viewer.trpc.pipelines.get.query({ id: standard.id })).toMatchObject({
      body: PIPELINE,
      versions: [{ number: 1, appliedRevision: expect.any(Number) }],
    });
    expect((await viewer.trpc.revisions.current.query()).pipeline).toEqual({ id: standard.id, name: "Standard pipeline", version: 1 });
    expect((await viewer.trpc.revisions.list.query()).at(-1)).toMatchObject({ pipelineName: "Standard pipeline", pipelineVersion: 1 });
  });

  it("are saved as versions that never change, and the second of two editors is told what the first has saved", async () => {
    const { id } = await editor.trpc.pipelines.create.mutate({ name: "two editors", body: PIPELINE });
    await owner.trpc.pipelines.saveVersion.mutate({ id, baseVersion: 1, body: withQueue(500_000), message: "a larger queue" });
    const late = await refusal(editor.trpc.pipelines.saveVersion.mutate({ id, baseVersion: 1, body: withQueue(50_000) }));
    expect(late).toMatchObject({ appCode: "CONFLICT", conflict: { currentVersion: 2, body: withQueue(500_000) } });
    expect((await viewer.trpc.pipelines.version.query({ id, number: 1 })).body).toEqual(PIPELINE);
    expect(await viewer.trpc.pipelines.version.query({ id, number: 2 })).toMatchObject({ message: "a larger queue", body: withQueue(500_000) });
    await editor.trpc.pipelines.rename.mutate({ id, name: "one of two" });
    expect(await refusal(editor.trpc.pipelines.create.mutate({ name: "one of two", body: PIPELINE }))).toMatchObject({ problems: [{ path: "name" }] });
    expect(await refusal(viewer.trpc.policies.get.query({ id }))).toMatchObject({ appCode: "NOT_FOUND" });
  });

  it.each<[string, unknown, string]>([
    ["a queue of nothing", withQueue(0), "body.queue.spansMax"],
    ["half a millisecond", { ...PIPELINE, delivery: { ...PIPELINE.delivery, timeoutMs: 10.5 } }, "body.delivery.timeoutMs"],
    ["a smallest batch above the largest", { batch: { sizeMin: 9_000 } }, "body.batch.sizeMin"],
    ["marks that would let a size swing", { batch: { growWhenQueueAbove: 1_000, shrinkWhenQueueBelow: 501 } }, "body.batch.shrinkWhenQueueBelow"],
    ["a field that there is not", { queue: { depth: 1 } }, "body.queue.depth"],
  ])("are refused with %s, at its path", async (_what, body, path) => {
    const refused = await refusal(editor.trpc.pipelines.create.mutate({ name: "bad", body: body as PipelineSettings }));
    expect(refused).toMatchObject({ appCode: "INVALID", problems: [{ path }] });
  });

  it("are previewed in sentences, applied, and delivered with the rest as it runs", async () => {
    const before = await owner.trpc.revisions.current.query();
    const { id } = await editor.trpc.pipelines.create.mutate({ name: "applied", body: PIPELINE });
    expect(await viewer.trpc.revisions.preview.query({ kind: "pipeline", id, version: 1 })).toMatchObject({ sameHash: true, sentences: [], estimate: null });
    await editor.trpc.pipelines.saveVersion.mutate({
      id,
      baseVersion: 1,
      body: { ...withQueue(500_000), breaker: { ...PIPELINE.breaker, failureThreshold: 10 } },
    });
    expect(await viewer.trpc.revisions.preview.query({ kind: "pipeline", id, version: 2 })).toMatchObject({
      sameHash: false,
      fromVersion: null,
      sentences: ["queue: 200,000 → 500,000 spans", "breaker: opens after 5 → 10 failures in a row"],
    });
    const collector = await enrol(server.fleet, localToken, { name: "pipelined" });
    const stream = collector.connect();
    const { revision, hash } = await editor.trpc.revisions.start.mutate({ kind: "pipeline", id, version: 2 });
    const config = await stream.next("the settings", (message) => message.config?.revision === revision && message.config);
    expect(configHash(JSON.parse(config.body ?? ""))).toBe(hash);
    expect(JSON.parse(config.body ?? "").pipeline).toMatchObject({ queue: { spansMax: 500_000 }, breaker: { failureThreshold: 10 } });
    const routes = [{ name: "errors", tiers: ["errors"], export: { kind: "otlp", endpoint: "http://127.0.0.1:9", headers: { "x-api-key": SECRET_HEADER } } }];
    const effectiveConfig = JSON.stringify({ ...JSON.parse(config.body ?? ""), routes });
    stream.send({ configReport: { state: APPLIED, revision, hash, tookMs: 5, effectiveConfig } });
    await waitFor("it to be applied", async () => (await viewer.trpc.revisions.status.query({ revision })).collectors.some(({ state }) => state === "applied"));
    expect(await viewer.trpc.revisions.current.query()).toMatchObject({ policy: before.policy, destination: before.destination, pipeline: { id, version: 2 } });
    expect((await viewer.trpc.pipelines.get.query({ id })).versions.map((version) => version.appliedRevision)).toEqual([revision, null]);
    const view = await viewer.trpc.fleet.get.query({ id: collector.collectorId });
    expect(view.effectiveConfig).toMatchObject({ routes: [{ name: "errors", export: { headers: { "x-api-key": "(redacted)" } } }] });
    expect(await databaseText()).not.toContain(SECRET_HEADER);
    stream.cancel();
    await owner.trpc.fleet.forget.mutate({ id: collector.collectorId });
    collector.close();
  });

  it("are refused where they don't go with the policy that runs, before anything is applied", async () => {
    const { id } = await editor.trpc.policies.create.mutate({
      name: "little room for traces",
      body: { scope: "trace", bytesMax: 40_000_000, tiers: policy(0.5).tiers } as SamplingPolicy,
    });
    const back = await owner.trpc.revisions.current.query();
    await editor.trpc.revisions.start.mutate({ kind: "policy", id, version: 1 });
    const large = { ...PIPELINE, receive: { ...PIPELINE.receive, requestBytesMax: 33_554_432 } };
    const pipeline = await editor.trpc.pipelines.create.mutate({ name: "large requests", body: large });
    for (const call of [
      () => viewer.trpc.revisions.preview.query({ kind: "pipeline", id: pipeline.id, version: 1 }),
      () => editor.trpc.revisions.start.mutate({ kind: "pipeline", id: pipeline.id, version: 1 }),
    ]) {
      expect(await refusal(call())).toMatchObject({ appCode: "INVALID", problems: [{ path: "sampling.bytesMax" }] });
    }
    await editor.trpc.revisions.start.mutate({ kind: "policy", id: back.policy.id, version: back.policy.version });
  });

  it("know nothing of a load that no collector has measured", async () => expect(await viewer.trpc.pipelines.measured.query()).toBeNull());
});

/** Every row of every table, as text. */
async function databaseText(): Promise<string> {
  const password = readFileSync(join(server.dataDir, "postgres-password"), "utf8").trim();
  const client = new pg.Client({ host: join(server.dataDir, "postgres"), user: "headgate", password, database: "postgres" });
  await client.connect();
  const { rows: tables } = await client.query<{ tablename: string }>("SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
  const texts: string[] = [];
  for (const { tablename } of tables) texts.push(JSON.stringify((await client.query(`SELECT * FROM "${tablename}"`)).rows));
  await client.end();
  return texts.join("\n");
}

describe("fleet", () => {
  it("delivers an applied policy at once, follows its acknowledgement, and sends the same configuration only once", async () => {
    const collector = await enrol(server.fleet, localToken, { name: "follower" });
    const before = await owner.trpc.revisions.current.query();
    const stream = collector.connect();
    const first = await stream.next("the first configuration", (message) => message.config);
    expect(first).toMatchObject({ revision: before.revision, hash: before.hash });
    expect(configHash(JSON.parse(first.body ?? ""))).toBe(first.hash);
    stream.send({ configReport: { state: APPLIED, revision: first.revision, hash: first.hash, tookMs: 3, effectiveConfig: "{}" } });

    const { id } = await editor.trpc.policies.create.mutate({ name: "delivered", body: policy(0.25) });
    const preview = await editor.trpc.revisions.preview.query({ kind: "policy", id, version: 1 });
    expect(preview).toMatchObject({ collectors: 1, offline: 0, sameHash: false });
    const events: LiveEvent[] = [];
    const unsubscribe = viewer.subscribe([{ kind: "fleet" }], (event) => events.push(event));
    const started = performance.now();
    const { revision, hash } = await editor.trpc.revisions.start.mutate({ kind: "policy", id, version: 1, message: "a quarter" });
    const second = await stream.next("the new configuration", (message) => message.config?.revision === revision && message.config);
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(JSON.parse(second.body ?? "").sampling).toEqual(policy(0.25));
    expect((await viewer.trpc.revisions.status.query({ revision })).collectors).toMatchObject([{ name: "follower", state: "pending" }]);
    stream.send({ configReport: { state: APPLYING, revision, hash } });
    const carryOver = { tracesCarriedOver: 12, spansCarriedOver: 340, tracesDecidedEarly: 1, spansDecidedEarly: 7, spansLost: 0 };
    stream.send({ configReport: { state: APPLIED, revision, hash, tookMs: 12, effectiveConfig: second.body ?? "", carryOver } });
    const acknowledged = await waitFor("the acknowledgement", async () => {
      const [collector] = (await viewer.trpc.revisions.status.query({ revision })).collectors;
      return collector.tookMs !== null && collector;
    });
    expect(acknowledged).toMatchObject({ state: "applied", tookMs: 12, problem: null, carryOver });
    const event = await waitFor("the event", () =>
      events.find((event) => event.kind === "configReport" && event.state === "applied" && event.revision === revision),
    );
    expect(event).toMatchObject({ carryOver });
    unsubscribe();
    expect(await viewer.trpc.fleet.get.query({ id: collector.collectorId })).toMatchObject({
      row: { configState: "in-sync", runningRevision: revision },
      reports: [
        { state: "applied", carryOver },
        { state: "applying", carryOver: null },
        { state: "applied", carryOver: null },
      ],
    });

    // Even what a collector reports unredacted is not kept.
    expect(JSON.stringify(await viewer.trpc.fleet.get.query({ id: collector.collectorId }))).not.toContain(SECRET_HEADER);
    expect(await databaseText()).not.toContain(SECRET_HEADER);

    // The same content under a newer revision, and a reconnect: nothing is sent.
    await editor.trpc.revisions.start.mutate({ kind: "policy", id, version: 1 });
    const sent = collector.received.filter((message) => message.config).length;
    stream.cancel();
    const again = collector.connect({ runningRevision: revision, runningHash: hash });
    await again.next("the welcome", (message) => message.welcome);
    await again.next("the pace", (message) => message.watch);
    await owner.trpc.fleet.createToken.mutate({ name: "unrelated" });
    expect(collector.received.filter((message) => message.config)).toHaveLength(sent);
    again.cancel();
    collector.close();
  });

  it("shows where and why a collector refused a configuration", async () => {
    const collector = await enrol(server.fleet, localToken, { name: "refuser" });
    const stream = collector.connect();
    const config = await stream.next("the configuration", (message) => message.config);
    stream.send({
      configReport: { state: FAILED, revision: config.revision, hash: config.hash, failingPath: "export.endpoint", reason: "no such host", logLines: ["line"] },
    });
    await waitFor("the refusal", async () => (await viewer.trpc.fleet.get.query({ id: collector.collectorId })).row.configState === "failed");
    expect((await viewer.trpc.fleet.get.query({ id: collector.collectorId })).row.configProblem).toBe("export.endpoint: no such host");
    stream.cancel();
    await waitFor("it to be offline", async () => (await viewer.trpc.fleet.get.query({ id: collector.collectorId })).row.state === "offline");
    await owner.trpc.fleet.forget.mutate({ id: collector.collectorId });
    expect(await refusal(viewer.trpc.fleet.get.query({ id: collector.collectorId }))).toMatchObject({ appCode: "NOT_FOUND" });
    collector.close();
  });

  it("lets nobody in with an unknown or revoked token or credential, and ends the stream of a revoked one", async () => {
    const { id, token, command } = await owner.trpc.fleet.createToken.mutate({ name: "short-lived", expiresInDays: 1 });
    expect(command).toContain(token);
    await expect(enrol(server.fleet, "hge_unknown")).rejects.toMatchObject({ code: status.UNAUTHENTICATED });
    const collector = await enrol(server.fleet, token, { name: "revoked" });
    await owner.trpc.fleet.revokeToken.mutate({ id });
    await expect(enrol(server.fleet, token)).rejects.toMatchObject({ code: status.UNAUTHENTICATED, details: expect.stringContaining("revoked") });
    const stream = collector.connect();
    await stream.next("the welcome", (message) => message.welcome);
    await owner.trpc.fleet.revokeCredential.mutate({ id: collector.collectorId });
    expect(await stream.ended).toMatchObject({ code: status.UNAUTHENTICATED });
    expect(await collector.connect().ended).toMatchObject({ code: status.UNAUTHENTICATED, details: expect.stringContaining("revoked") });
    const text = await databaseText();
    expect(text).not.toContain(token);
    expect(text).not.toContain(collector.credential);
    collector.close();
  });

  it("keeps one stream per collector: the newer one takes over", async () => {
    const collector = await enrol(server.fleet, localToken, { name: "twice" });
    const older = collector.connect();
    await older.next("the welcome", (message) => message.welcome);
    const newer = collector.connect();
    await newer.next("the welcome", (message) => message.welcome);
    await older.next("the goodbye", (message) => message.goodbye);
    expect((await viewer.trpc.fleet.get.query({ id: collector.collectorId })).row.state).toBe("online");
    newer.cancel();
    collector.close();
  });

  it("ends the stream of a collector that sends nonsense, and says why", async () => {
    const collector = await enrol(server.fleet, localToken, { name: "nonsense" });
    const first = collector.connect({ otlpGrpcEndpoint: "not an address" });
    expect(await first.ended).toMatchObject({ code: status.INVALID_ARGUMENT, details: expect.stringContaining("otlpGrpcEndpoint") });
    const second = collector.connect();
    await second.next("the welcome", (message) => message.welcome);
    second.send({ hello: {} });
    expect(await second.ended).toMatchObject({ code: status.INVALID_ARGUMENT });
    collector.close();
  });

  it("asks a connected collector to check a destination, secrets in clear for it alone", async () => {
    const collector = await enrol(server.fleet, localToken, { name: "checker" });
    const stream = collector.connect();
    await stream.next("the welcome", (message) => message.welcome);
    const body = {
      kind: "otlp",
      protocol: "http",
      endpoint: "http://127.0.0.1:9",
      compression: "none",
      headers: [{ name: "x-key", value: SECRET_HEADER }],
    } as const;
    const check = editor.trpc.destinations.check.mutate({ body: { ...body, headers: [...body.headers] }, collectorId: collector.collectorId });
    const command = await stream.next("the command", (message) => message.command);
    expect(JSON.parse(command.checkExport?.export ?? "").headers).toEqual({ "x-key": SECRET_HEADER });
    stream.send({ commandResult: { commandId: command.commandId, ok: false, message: "connection refused", tookMs: 4 } });
    expect(await check).toEqual({ ok: false, message: "connection refused", tookMs: 4, collectorName: "checker" });
    stream.cancel();
    collector.close();
  });
});

describe("live", () => {
  it("asks collectors to hurry while somebody watches, backfills what came before, and sends each second as it closes", async () => {
    const collector = await enrol(server.fleet, localToken, { name: "measured" });
    const stream = collector.connect();
    await stream.next("the welcome", (message) => message.welcome?.haveUntilMs === 0);
    const processStartMs = Math.floor(Date.now() / 1_000) * 1_000 - 60_000;
    const atSecond = (second: number) => measurement({ atMs: processStartMs + second * 1_000, processStartMs, received: second * 1_000 });
    const now = Math.floor((Date.now() - processStartMs) / 1_000);
    stream.send({ measurements: { nowMs: Date.now(), items: Array.from({ length: now }, (_, index) => atSecond(index + 1)) } });
    const history = await waitFor("the backfill", async () => {
      const { points } = await viewer.trpc.live.history.query({ scope: { kind: "collector", id: collector.collectorId } });
      return points.filter((point) => point !== null).length >= now - 2 && points;
    });
    const filled = history.filter((point) => point !== null);
    expect(filled.at(-2)).toMatchObject({ receivedPerS: 1_000, keptPerS: 100, sampledOutPerS: 900, reporting: 1 });
    expect(filled.at(-2)?.ackP99Ms).toBeGreaterThan(4);
    expect(filled.at(-2)?.ackP99Ms).toBeLessThan(6.5);

    const events: LiveEvent[] = [];
    const unsubscribe = viewer.subscribe([{ kind: "fleet" }, { kind: "collectors" }, { kind: "collector", id: collector.collectorId }], (event) =>
      events.push(event),
    );
    await stream.next("the faster pace", (message) => message.watch?.intervalMs === 1_000);
    const next = Math.floor((Date.now() - processStartMs) / 1_000) + 1;
    await waitFor("the next second", () => Date.now() >= processStartMs + next * 1_000, { everyMs: 10 });
    const sentAt = Date.now();
    stream.send({ measurements: { nowMs: Date.now(), items: Array.from({ length: next - now }, (_, index) => atSecond(now + index + 1)) } });
    const point = await waitFor("the point", () => events.find((event) => event.kind === "fleet" && event.point.atMs === processStartMs + next * 1_000), {
      everyMs: 5,
    });
    expect(Date.now() - sentAt).toBeLessThan(700);
    expect(point).toMatchObject({ point: { receivedPerS: 1_000, reporting: 1 }, everReceived: true, ledger: { balanced: true }, sampleTraffic: "stopped" });
    // A collector that is too old for trace scope.
    expect(point).toMatchObject({ point: { waitingSpans: 0, waitingTracesMax: 0, tracesDecidedPerS: 0, stageMeanMs: { decisionWait: null } } });
    if (point.kind === "fleet") expect(point.tiers[0]).toMatchObject({ name: "default", matchedPerS: 1_000, keptPerS: 100, ratio: null });
    expect(events[0]).toMatchObject({ kind: "health", database: "up" });
    // A budget is each collector's own, and one is counted.
    const tiers: SamplingPolicy["tiers"] = [policy(1).tiers[0], { ...policy(1).tiers[1], keep: { kind: "budget", spansPerSecond: 50 } }];
    const { id } = await editor.trpc.policies.create.mutate({ name: "within a budget", body: { scope: "span", tiers } });
    const { estimate } = await viewer.trpc.revisions.preview.query({ kind: "policy", id, version: 1 });
    expect(estimate?.tiers[1]).toMatchObject({ name: "default", exact: true, matchedPerS: 1_000, keptBeforePerS: 100, keptAfterPerS: 50, ratioAfter: 0.05 });
    expect(events.some((event) => event.kind === "collectors" && event.rows.some((row) => row.name === "measured" && row.state === "online"))).toBe(true);
    unsubscribe();
    stream.cancel();
    // What the control plane holds already is not asked for again.
    const again = collector.connect();
    const welcome = await again.next("the welcome", (message) => message.welcome);
    expect(welcome.haveUntilMs).toBe(processStartMs + next * 1_000);
    again.cancel();
    collector.close();
  });
});

describe("http", () => {
  it("refuses to change anything for another site", async () => {
    for (const headers of [{ origin: "https://evil.example" }, { "sec-fetch-site": "cross-site" }, { cookie: "a=b" }] as Record<string, string>[]) {
      expect((await post("/api/auth/sign-in/email", { email: OWNER.email, password: OWNER.password }, headers)).status).toBe(403);
    }
    const response = await fetch(`${server.http}/trpc/people.invite`, {
      method: "POST",
      headers: { cookie: owner.cookie, origin: "https://evil.example", "content-type": "application/json" },
      body: "{}",
    });
    expect(response.status).toBe(403);
  });

  it("sends its security headers with every answer, a new nonce each time, and no unsafe-eval", async () => {
    const policies = new Set<string>();
    for (const path of ["/healthz", "/trpc/session.me", "/", "/healthz"]) {
      const { headers } = await fetch(`${server.http}${path}`);
      const policy = headers.get("content-security-policy") ?? "";
      policies.add(policy);
      expect(policy).toMatch(/script-src 'self' 'nonce-[^']+'/);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain("unsafe-eval");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("same-origin");
      expect(headers.get("strict-transport-security")).toBeNull();
    }
    expect(policies.size).toBe(4);
  });

  it("answers healthz, readyz and metrics", async () => {
    expect((await fetch(`${server.http}/healthz`)).status).toBe(200);
    expect((await fetch(`${server.http}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${server.http}/metrics`)).text()).toContain("headgate_database_up 1");
  });

  it("refuses bodies that are too long", async () => {
    expect((await post("/api/setup", { token: "x".repeat(10_000) })).status).toBe(400);
    const long = await post("/trpc/policies.create", { name: "x".repeat(2_000_000) }, { origin: server.http, cookie: editor.cookie });
    expect(long.status).toBe(413);
  });
});
