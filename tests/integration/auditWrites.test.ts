// One piece of over 400 lines: a table of every write and the event that it leaves, asked of one server; a write that is missing in it fails.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { SIGN_ON_DEFAULT } from "#domain/auth/signOnSettings.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#server/db/embedded-postgres/embeddedPostgres.ts";
import { verifyAuditChain } from "#server/db/verifyAuditChain.ts";
import { appRouter } from "#server/trpc/appRouter.ts";
import { type Api, createOwner, signIn } from "../fixtures/api.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { waitFor } from "../fixtures/waitFor.ts";
import { type ConnectedCollector, enrol, type ServerProcess, startServerProcess, type TestCollector } from "./serverProcess.ts";

const SECRET_HEADER = "s3cret-api-key-that-must-not-leak";
const policy = (ratio: number) => ({
  scope: "span" as const,
  tiers: [{ name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio } }],
});
const pipeline = (spansMax: number) => ({ queue: { spansMax } }) as never;
const otlp = (endpoint: string) => ({
  kind: "otlp" as const,
  protocol: "grpc" as const,
  endpoint,
  compression: "none" as const,
  headers: [{ name: "x-api-key", value: SECRET_HEADER }],
});

const SIGN_ON = { ...SIGN_ON_DEFAULT, issuer: "http://127.0.0.1:9", clientId: "headgate" };

let postgres: EmbeddedPostgres;
let client: pg.Client;
let server: ServerProcess;
let owner: Api;
let collector: TestCollector;
let stream: ConnectedCollector;
const ids: Record<string, string> = {};

beforeAll(async () => {
  postgres = await startEmbeddedPostgres(join(temporaryFolder(), "data"), () => {});
  server = await startServerProcess({ env: { DATABASE_URL: postgres.url, HEADGATE_SECRET: "a secret of more than thirty-two characters" } });
  client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  owner = await createOwner(server);
  const token = readFileSync(join(server.dataDir, "local-enrolment-token"), "utf8").trim();
  await joinAs("Ada", "editor");
  // Sessions to be ended later.
  await signIn(server.http);
  await signIn(server.http);
  collector = await enrol(server.fleet, token, { name: "audited" });
  stream = collector.connect({ capabilities: ["config", "measurements", "profile"] });
  await stream.next("the welcome", (message) => message.welcome);
});
afterAll(async () => {
  collector?.close();
  await server?.remove();
  await client?.end();
  await postgres?.stop(5_000);
});

type Event = {
  id: string;
  action: string;
  actorKind: string;
  actorName: string;
  entity: string;
  entityId: string | null;
  entityName: string | null;
  before: unknown;
  after: unknown;
  detail: object;
  origin: object;
};

async function eventsAfter(id: string): Promise<Event[]> {
  return (await client.query<Event>(`SELECT * FROM "AuditEvent" WHERE id > $1 ORDER BY id`, [id])).rows;
}

const newestId = async () => (await client.query<{ lastId: string }>(`SELECT "lastId" FROM "AuditHead"`)).rows[0].lastId;

/** Runs a command that a collector answers. */
async function answered<T>(call: Promise<T>, what: "checkExport" | "recordProfile"): Promise<T> {
  const { commandId } = await stream.next("the command", (message) => message.command?.[what] && message.command);
  if (what === "recordProfile") stream.send({ commandChunk: { commandId, data: gzipSync("a profile") } });
  stream.send({ commandResult: { commandId, ok: true, message: "", tookMs: 1 } });
  return call;
}

/** The collector runs the revision that it was sent. */
async function acknowledge(revision: number): Promise<void> {
  const config = await stream.next(`revision ${revision}`, (message) => message.config?.revision === revision && message.config);
  stream.send({ configReport: { state: 2, revision, hash: config.hash, tookMs: 1 } });
}

async function joinAs(name: string, role: "viewer" | "editor"): Promise<void> {
  const email = `${name.toLowerCase()}@example.com`;
  const { url } = await owner.trpc.people.invite.mutate({ role, email });
  const body = { token: new URL(url).searchParams.get("token"), name, email, password: "a long enough password" };
  const response = await fetch(`${server.http}/api/setup`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: server.http },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
}

/** A request that somebody else may decide on. */
async function askedByAda(): Promise<string> {
  const ada = await signIn(server.http, { email: "ada@example.com", password: "a long enough password" });
  return (await ada.trpc.approvals.ask.mutate({ kind: "policy", id: ids.policy, version: 1 })).id;
}

async function letBenJoin(): Promise<void> {
  await joinAs("Ben", "viewer");
  ids.ben = (await owner.trpc.people.list.query()).find(({ name }) => name === "Ben")?.id ?? "";
}

type Write = { call: () => Promise<unknown>; event: Partial<Event> };
const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/);

/** In this order: later ones need what earlier ones made. */
const WRITES: Record<string, Write> = {
  "policies.create": {
    call: async () => Object.assign(ids, { policy: (await owner.trpc.policies.create.mutate({ name: "checkout", body: policy(0.25), message: "first" })).id }),
    event: { entity: "policy", entityName: "checkout", before: null, after: { name: "checkout", version: 1, sha256, message: "first" } },
  },
  "policies.saveVersion": {
    call: () => owner.trpc.policies.saveVersion.mutate({ id: ids.policy, baseVersion: 1, body: policy(0.5), message: "more" }),
    event: {
      entityName: "checkout",
      before: { version: 1, sha256 },
      after: { version: 2, sha256, message: "more" },
      detail: { changes: ["default: keep 25% → 50%"] },
    },
  },
  "policies.rename": {
    call: () => owner.trpc.policies.rename.mutate({ id: ids.policy, name: "shop" }),
    event: { entityName: "shop", before: { name: "checkout" }, after: { name: "shop" } },
  },
  "policies.duplicate": {
    call: async () => Object.assign(ids, { policyCopy: (await owner.trpc.policies.duplicate.mutate({ id: ids.policy })).id }),
    event: { entity: "policy", entityName: "shop copy", after: { name: "shop copy", version: 1, sha256 }, detail: { of: "shop", version: 2 } },
  },
  "policies.archive": {
    call: () => owner.trpc.policies.archive.mutate({ id: ids.policyCopy }),
    event: { entityName: "shop copy", before: { archived: false }, after: { archived: true } },
  },
  "policies.restore": {
    call: () => owner.trpc.policies.restore.mutate({ id: ids.policyCopy }),
    event: { entityName: "shop copy", before: { archived: true }, after: { archived: false } },
  },
  "destinations.create": {
    call: async () =>
      Object.assign(ids, { destination: (await owner.trpc.destinations.create.mutate({ name: "backend", body: otlp("http://127.0.0.1:9") })).id }),
    event: { entity: "destination", after: { name: "backend", version: 1, sha256 } },
  },
  "destinations.saveVersion": {
    call: () => owner.trpc.destinations.saveVersion.mutate({ id: ids.destination, baseVersion: 1, body: otlp("http://127.0.0.1:10") }),
    event: { detail: { changes: ["endpoint: http://127.0.0.1:9 → http://127.0.0.1:10"] } },
  },
  "destinations.rename": {
    call: () => owner.trpc.destinations.rename.mutate({ id: ids.destination, name: "other backend" }),
    event: { before: { name: "backend" }, after: { name: "other backend" } },
  },
  "destinations.duplicate": {
    call: async () => Object.assign(ids, { destinationCopy: (await owner.trpc.destinations.duplicate.mutate({ id: ids.destination })).id }),
    event: {
      entity: "destination",
      entityName: "other backend copy",
      after: { name: "other backend copy", version: 1, sha256 },
      detail: { of: "other backend", version: 2 },
    },
  },
  "destinations.archive": {
    call: () => owner.trpc.destinations.archive.mutate({ id: ids.destinationCopy }),
    event: { entityName: "other backend copy", before: { archived: false }, after: { archived: true } },
  },
  "destinations.restore": {
    call: () => owner.trpc.destinations.restore.mutate({ id: ids.destinationCopy }),
    event: { entityName: "other backend copy", before: { archived: true }, after: { archived: false } },
  },
  "destinations.check": {
    call: () => answered(owner.trpc.destinations.check.mutate({ id: ids.destination, body: otlp("http://127.0.0.1:10") }), "checkExport"),
    event: { entityName: "other backend", detail: { collector: "audited", kind: "otlp" } },
  },
  "pipelines.create": {
    call: async () => Object.assign(ids, { pipeline: (await owner.trpc.pipelines.create.mutate({ name: "queues", body: pipeline(100_000) })).id }),
    event: { entity: "pipeline", after: { name: "queues", version: 1, sha256 } },
  },
  "pipelines.saveVersion": {
    call: () => owner.trpc.pipelines.saveVersion.mutate({ id: ids.pipeline, baseVersion: 1, body: pipeline(300_000) }),
    event: { detail: { changes: ["queue: 100,000 → 300,000 spans"] } },
  },
  "pipelines.rename": {
    call: () => owner.trpc.pipelines.rename.mutate({ id: ids.pipeline, name: "long queues" }),
    event: { before: { name: "queues" }, after: { name: "long queues" } },
  },
  "pipelines.duplicate": {
    call: async () => Object.assign(ids, { pipelineCopy: (await owner.trpc.pipelines.duplicate.mutate({ id: ids.pipeline })).id }),
    event: {
      entity: "pipeline",
      entityName: "long queues copy",
      after: { name: "long queues copy", version: 1, sha256 },
      detail: { of: "long queues", version: 2 },
    },
  },
  "pipelines.archive": {
    call: () => owner.trpc.pipelines.archive.mutate({ id: ids.pipelineCopy }),
    event: { entityName: "long queues copy", before: { archived: false }, after: { archived: true } },
  },
  "pipelines.restore": {
    call: () => owner.trpc.pipelines.restore.mutate({ id: ids.pipelineCopy }),
    event: { entityName: "long queues copy", before: { archived: true }, after: { archived: false } },
  },
  "revisions.start": {
    call: () => owner.trpc.revisions.start.mutate({ kind: "policy", id: ids.policy, version: 2, message: "out" }),
    event: {
      action: "apply.start",
      before: { revision: 1, hash: sha256, version: null },
      after: { revision: 2, hash: sha256, version: 2 },
      entityName: "shop",
    },
  },
  "groups.create": {
    call: async () => Object.assign(ids, { group: (await owner.trpc.groups.create.mutate({ name: "eu", selector: "region in (eu)", confirmed: true })).id }),
    event: { entity: "group", entityName: "eu", before: null, after: { name: "eu", selector: "region=eu", priority: 0, description: "" } },
  },
  "groups.update": {
    call: () => owner.trpc.groups.update.mutate({ id: ids.group, name: "eu", selector: "region=eu", priority: 3 }),
    event: { entityName: "eu", before: { name: "eu", selector: "region=eu", priority: 0, description: "" }, after: expect.objectContaining({ priority: 3 }) },
  },
  "groups.archive": {
    call: () => owner.trpc.groups.archive.mutate({ id: ids.group }),
    event: { entityName: "eu", before: { archived: false }, after: { archived: true } },
  },
  "groups.restore": {
    call: () => owner.trpc.groups.restore.mutate({ id: ids.group }),
    event: { entityName: "eu", before: { archived: true }, after: { archived: false } },
  },
  "revisions.revert": {
    call: () => owner.trpc.revisions.revert.mutate({ groupId: "default", revision: 1 }),
    event: {
      action: "apply.revert",
      entityName: "All other collectors",
      before: { revision: 2, hash: sha256 },
      after: { revision: 3, hash: sha256 },
      detail: { to: 1, groupId: "default", group: "All other collectors" },
    },
  },
  "fleet.setLabels": {
    call: () => owner.trpc.fleet.setLabels.mutate({ id: collector.collectorId, labels: { env: "prod" } }),
    event: { action: "collector.setLabels", entityName: "audited", before: { labels: { env: "test" } }, after: { labels: { env: "prod" } } },
  },
  "fleet.setOverride": {
    call: () => {
      const changes = [{ kind: "policy" as const, id: ids.policy, version: 1 }];
      return owner.trpc.fleet.setOverride.mutate({ collectorId: collector.collectorId, changes, reason: "to compare", minutes: 60 });
    },
    event: {
      action: "collector.override",
      entityName: "audited",
      before: { revision: 3, hash: sha256 },
      after: { revision: 4, hash: sha256 },
      detail: expect.objectContaining({ runs: ["shop v1"], reason: "to compare", expiresAt: expect.any(String) }),
    },
  },
  "fleet.endOverride": {
    call: () => owner.trpc.fleet.endOverride.mutate({ id: collector.collectorId }),
    event: { action: "collector.endOverride", entityName: "audited", before: { revision: 4 }, detail: { reason: "to compare", by: "Olga Owner" } },
  },
  "rollouts.start": {
    call: async () => {
      const stages = [
        { size: { kind: "count" as const, count: 1 }, bakeSeconds: 600, needsApproval: true },
        { size: { kind: "share" as const, share: 1 }, needsApproval: true },
      ];
      const wish = { kind: "policy" as const, id: ids.policy, version: 1, plan: { stages }, message: "in steps" };
      ids.rollout = String((await owner.trpc.rollouts.start.mutate(wish)).number);
    },
    event: {
      action: "rollout.start",
      entityName: "shop v1",
      before: { revision: 3, hash: sha256 },
      after: { revision: 5, hash: sha256 },
      detail: { groupId: "default", group: "All other collectors", stages: 2, message: "in steps" } as object,
    },
  },
  "rollouts.pause": {
    call: () => owner.trpc.rollouts.pause.mutate({ number: Number(ids.rollout), message: "wait" }),
    event: { action: "rollout.paused", detail: { reason: { kind: "person", name: "Olga Owner", message: "wait" } } as object },
  },
  "rollouts.resume": { call: () => owner.trpc.rollouts.resume.mutate({ number: Number(ids.rollout) }), event: { action: "rollout.resumed" } },
  "rollouts.approve": {
    call: async () => {
      await owner.trpc.rollouts.approve.mutate({ number: Number(ids.rollout) });
      await acknowledge(5);
      await waitFor("the canary", async () => (await owner.trpc.rollouts.get.query({ number: Number(ids.rollout) })).phase === "baking");
    },
    event: { action: "rollout.approved", entityName: "shop v1", detail: { stage: 0, name: "Olga Owner" } as object },
  },
  "rollouts.promote": {
    call: () => owner.trpc.rollouts.promote.mutate({ number: Number(ids.rollout) }),
    event: { action: "rollout.stagePassed", detail: { stage: 0, byPerson: "Olga Owner" } as object },
  },
  "rollouts.abort": {
    call: async () => {
      await owner.trpc.rollouts.abort.mutate({ number: Number(ids.rollout), message: "enough" });
      await acknowledge(3);
      await waitFor("the end", async () => (await owner.trpc.rollouts.get.query({ number: Number(ids.rollout) })).phase === "rolledBack");
    },
    event: { action: "rollout.rollingBack", detail: { reason: { kind: "person", name: "Olga Owner", message: "enough" } } as object },
  },
  "rollouts.stopAll": {
    call: () => owner.trpc.rollouts.stopAll.mutate({ reason: "incident" }),
    event: { action: "changes.stop", entity: "changes", before: { stopped: false }, after: { stopped: true }, detail: { reason: "incident", paused: [] } },
  },
  "rollouts.release": { call: () => owner.trpc.rollouts.release.mutate(), event: { action: "changes.release", after: { stopped: false } } },
  "rollouts.setFreezeWindows": {
    call: () => owner.trpc.rollouts.setFreezeWindows.mutate({ windows: [{ kind: "dated", name: "a past one", fromMs: 1, toMs: 2 }] }),
    event: { action: "changes.freeze", before: { windows: [] }, after: { windows: [{ kind: "dated", name: "a past one", fromMs: 1, toMs: 2 }] } },
  },
  "fleet.recordProfile": {
    call: () => answered(owner.trpc.fleet.recordProfile.mutate({ id: collector.collectorId, kind: "cpu", seconds: 1 }), "recordProfile"),
    event: { action: "collector.profile", entityName: "audited", detail: { kind: "cpu", seconds: 1 } },
  },
  "compare.start": {
    call: async () => {
      const where = { kind: "collectors" as const, collectorIds: [collector.collectorId] };
      const candidate = { kind: "body" as const, title: "half", body: policy(0.5) };
      const { id } = await owner.trpc.compare.start.mutate({ candidate, where, over: { kind: "live", minutes: 5 } });
      Object.assign(ids, { shadow: id });
    },
    event: { action: "shadow.start", entity: "shadow", entityName: "half", detail: { where: "audited", collectors: 1, minutes: 5 } },
  },
  "compare.stop": {
    call: () => owner.trpc.compare.stop.mutate({ id: ids.shadow }),
    event: { action: "shadow.stop", entity: "shadow", entityName: "half" },
  },
  "fleet.revokeCredential": {
    call: () => owner.trpc.fleet.revokeCredential.mutate({ id: collector.collectorId }),
    event: { action: "collector.revokeCredential", entityName: "audited", before: { credential: "valid" }, after: { credential: "revoked" } },
  },
  "fleet.forget": {
    call: () => waitFor("the collector to be offline", () => owner.trpc.fleet.forget.mutate({ id: collector.collectorId }).catch(() => null)),
    event: {
      action: "collector.forget",
      entityName: "audited",
      before: { name: "audited", labels: { env: "prod" }, version: expect.any(String) },
      after: null,
    },
  },
  "fleet.createToken": {
    call: async () => Object.assign(ids, { token: (await owner.trpc.fleet.createToken.mutate({ name: "for eu" })).id }),
    event: { action: "token.create", after: { name: "for eu", expiresAt: null } },
  },
  "fleet.revokeToken": {
    call: () => owner.trpc.fleet.revokeToken.mutate({ id: ids.token }),
    event: { action: "token.revoke", entityName: "for eu", before: { revoked: false }, after: { revoked: true } },
  },
  "approvals.set": {
    call: () => owner.trpc.approvals.set.mutate({ everywhere: true }),
    event: { action: "approval.set", entity: "approval", before: { everywhere: false }, after: { everywhere: true } },
  },
  "approvals.ask": {
    call: async () =>
      Object.assign(ids, { request: (await owner.trpc.approvals.ask.mutate({ kind: "policy", id: ids.policy, version: 1, message: "back" })).id }),
    event: {
      action: "approval.ask",
      entityName: "shop v1",
      after: { state: "pending" },
      detail: { message: "back", changes: ["default: keep 100% → 25%"] } as object,
    },
  },
  "approvals.withdraw": {
    call: () => owner.trpc.approvals.withdraw.mutate({ id: ids.request }),
    event: { action: "approval.withdraw", entityName: "shop v1", before: { state: "pending" }, after: { state: "withdrawn" } },
  },
  "approvals.reject": {
    call: async () => owner.trpc.approvals.reject.mutate({ id: await askedByAda(), reason: "not today" }),
    event: { action: "approval.reject", entityName: "shop v1", after: { state: "rejected" }, detail: { askedBy: "Ada", reason: "not today" } as object },
  },
  "approvals.approve": {
    call: async () => owner.trpc.approvals.approve.mutate({ id: await askedByAda() }),
    event: { action: "apply.start", entityName: "shop", after: { revision: 6, hash: sha256, version: 1 }, detail: { askedBy: "Ada" } as object },
  },
  "webhooks.create": {
    call: async () =>
      Object.assign(ids, {
        webhook: (await owner.trpc.webhooks.create.mutate({ name: "pager", url: "http://127.0.0.1:9/hook", events: ["rollout.completed"] })).id,
      }),
    event: {
      action: "webhook.create",
      entity: "webhook",
      entityName: "pager",
      after: expect.objectContaining({ events: ["rollout.completed"], state: "active" }),
    },
  },
  "webhooks.update": {
    call: () =>
      owner.trpc.webhooks.update.mutate({ id: ids.webhook, name: "pager", url: "http://127.0.0.1:9/hook", events: ["rollout.completed"], state: "paused" }),
    event: { action: "webhook.update", before: expect.objectContaining({ state: "active" }), after: expect.objectContaining({ state: "paused" }) },
  },
  "webhooks.rotateSecret": {
    call: () => owner.trpc.webhooks.rotateSecret.mutate({ id: ids.webhook }),
    event: { action: "webhook.rotateSecret", entityName: "pager" },
  },
  "webhooks.test": { call: () => owner.trpc.webhooks.test.mutate({ id: ids.webhook }), event: { action: "webhook.test", entityName: "pager" } },
  "webhooks.redeliver": {
    call: async () => owner.trpc.webhooks.redeliver.mutate({ id: (await owner.trpc.webhooks.deliveries.query({})).items[0].id }),
    event: { action: "webhook.redeliver", entityName: "pager", detail: { kind: "test", message: expect.any(String) } as object },
  },
  "webhooks.remove": {
    call: () => owner.trpc.webhooks.remove.mutate({ id: ids.webhook }),
    event: { action: "webhook.remove", before: expect.objectContaining({ name: "pager" }) },
  },
  "breakGlass.start": {
    call: async () => {
      const condition = { kind: "service" as const, match: "exact" as const, values: ["payments"] };
      return Object.assign(ids, { glass: (await owner.trpc.breakGlass.start.mutate({ condition, selector: "env=prod", minutes: 30, reason: "INC-1" })).id });
    },
    event: {
      action: "breakGlass.start",
      entity: "breakGlass",
      entityName: "service is payments, on collectors with env=prod",
      after: expect.objectContaining({ minutes: 30 }),
      detail: expect.objectContaining({ reason: "INC-1" }),
    },
  },
  "breakGlass.extend": {
    call: () => owner.trpc.breakGlass.extend.mutate({ id: ids.glass, minutes: 15 }),
    event: { action: "breakGlass.extend", before: { endsAt: expect.any(String) }, after: { endsAt: expect.any(String) }, detail: { minutes: 15 } as object },
  },
  "breakGlass.end": {
    call: () => owner.trpc.breakGlass.end.mutate({ id: ids.glass }),
    event: { action: "breakGlass.end", entityName: "service is payments, on collectors with env=prod", before: { endsAt: expect.any(String) } },
  },
  "apiTokens.create": {
    call: async () =>
      Object.assign(ids, { apiToken: (await owner.trpc.apiTokens.create.mutate({ name: "ci", scopes: ["apply", "read"], expiresInDays: 30 })).id }),
    event: {
      action: "apiToken.create",
      entityName: "ci",
      after: { name: "ci", scopes: ["read", "apply"], prefix: expect.stringMatching(/^hg_\w{6}$/), expiresAt: expect.any(String) },
    },
  },
  "apiTokens.revoke": {
    call: () => owner.trpc.apiTokens.revoke.mutate({ id: ids.apiToken }),
    event: { action: "apiToken.revoke", entityName: "ci", before: { revoked: false }, after: { revoked: true } },
  },
  "signOn.set": {
    call: () => owner.trpc.signOn.set.mutate({ settings: SIGN_ON, clientSecret: SECRET_HEADER, basedOnMs: null }),
    event: { entity: "signOn", before: null, after: { ...SIGN_ON, clientSecret: "set" } },
  },
  "signOn.test": {
    call: () => owner.trpc.signOn.test.mutate({ settings: SIGN_ON, clientSecret: null }),
    event: { entity: "signOn", detail: { issuer: SIGN_ON.issuer, result: "Issuer: not right" } },
  },
  "prices.set": {
    call: () => owner.trpc.prices.set.mutate({ microUsdPerGbKept: 7, microUsdPerCollectorHour: 8 }),
    event: {
      before: { microUsdPerGbKept: expect.any(Number), microUsdPerCollectorHour: expect.any(Number) },
      after: { microUsdPerGbKept: 7, microUsdPerCollectorHour: 8 },
    },
  },
  "sampleTraffic.start": { call: () => owner.trpc.sampleTraffic.start.mutate(), event: { before: "stopped", after: "running" } },
  "sampleTraffic.stop": { call: () => owner.trpc.sampleTraffic.stop.mutate(), event: { before: "running", after: "stopped" } },
  "people.invite": { call: letBenJoin, event: { action: "person.invite", after: { role: "viewer", email: "ben@example.com", expiresAt: expect.any(String) } } },
  "people.setRole": {
    call: () => owner.trpc.people.setRole.mutate({ id: ids.ben, role: "editor" }),
    event: { entityName: "Ben", before: { role: "viewer" }, after: { role: "editor" } },
  },
  "people.setGrant": {
    call: () => owner.trpc.people.setGrant.mutate({ id: ids.ben, groupId: "default", role: "approver" }),
    event: { action: "person.setGrant", entityName: "Ben", before: { role: null }, after: { role: "approver" } },
  },
  "session.end": {
    call: async () => owner.trpc.session.end.mutate({ id: (await owner.trpc.session.list.query())[1].id }),
    event: { action: "session.end", entityName: expect.any(String), before: { signedInAt: expect.any(String) } },
  },
  "session.endOthers": {
    call: () => owner.trpc.session.endOthers.mutate(),
    event: { action: "session.endOthers", detail: { ended: expect.any(Number) } },
  },
  "people.endSessions": {
    call: () => owner.trpc.people.endSessions.mutate({ id: ids.ben }),
    event: { action: "person.endSessions", entityName: "Ben", detail: { ended: 1 } },
  },
  "people.remove": {
    call: () => owner.trpc.people.remove.mutate({ id: ids.ben }),
    event: { entityName: "Ben", before: { name: "Ben", email: "ben@example.com", role: "editor" }, after: null },
  },
};

it("names every mutation there is", () => {
  const procedures: Record<string, unknown> = { ...appRouter._def.procedures };
  const mutations = Object.keys(procedures).filter((name) => Object(procedures[name])._def.type === "mutation");
  // A draft is one person's alone, changes nothing for anybody, and is saved with every pause in typing.
  const notWrites = ["drafts.save", "drafts.discard"];
  expect([...Object.keys(WRITES), ...notWrites].sort()).toEqual(mutations.sort());
});

it.each(Object.entries(WRITES))("%s leaves an event: who, what was and what is, and from where", async (_name, { call, event }) => {
  const before = await newestId();
  await call();
  const found = (await eventsAfter(before)).find(({ actorName, actorKind }) => actorKind === "person" && !["Ben", "Ada"].includes(actorName));
  const by = {
    actorKind: "person",
    actorName: "Olga Owner",
    origin: { via: "api", ip: "127.0.0.1", agent: expect.any(String), requestId: expect.any(String) },
  };
  expect(found).toMatchObject({ ...by, ...event });
});

it("leaves an event for what happens without a mutation: the first start, joining, enrolment", async () => {
  const events = await eventsAfter("0");
  const found = (action: string, entityName: string | null) => events.find((event) => event.action === action && event.entityName === entityName);
  expect(found("setup.seed", null)).toMatchObject({ actorKind: "system", actorName: "Headgate" });
  expect(found("setup.ownerLink", null)).toMatchObject({ actorKind: "system", after: { role: "admin", expiresAt: expect.any(String) } });
  expect(found("token.create", "collectors on this machine")).toMatchObject({ actorKind: "system" });
  expect(found("person.join", "Olga Owner")).toMatchObject({ actorName: "Olga Owner", after: { role: "admin" }, origin: { ip: "127.0.0.1" } });
  expect(found("collector.enrol", "audited")).toMatchObject({
    actorKind: "system",
    after: { name: "audited" },
    detail: { enrolmentToken: "collectors on this machine" },
    origin: { via: "fleet", ip: expect.stringContaining("127.0.0.1") },
  });
});

it("leaves no event of what was refused or found nothing", async () => {
  const before = await newestId();
  await expect(owner.trpc.people.remove.mutate({ id: randomUUID() })).rejects.toThrow();
  await expect(owner.trpc.policies.rename.mutate({ id: randomUUID(), name: "x" })).rejects.toThrow();
  await expect(owner.trpc.policies.saveVersion.mutate({ id: ids.policy, baseVersion: 1, body: policy(0.1) })).rejects.toThrow();
  expect(await eventsAfter(before)).toEqual([]);
});

it("holds no secret, and is a chain that holds", async () => {
  expect(JSON.stringify(await eventsAfter("0"))).not.toContain(SECRET_HEADER);
  expect(await verifyAuditChain(postgres.url)).toMatchObject({ broken: null, unchained: 0 });
});
