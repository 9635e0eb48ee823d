import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createTRPCClient, httpBatchLink } from "@trpc/client";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#server/db/embedded-postgres/embeddedPostgres.ts";
import type { AppRouter } from "#server/trpc/appRouter.ts";
import { type Api, createOwner, signIn } from "../fixtures/api.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { type CollectorRun, startCollector } from "../fixtures/managedCollector.ts";
import { waitFor } from "../fixtures/waitFor.ts";
import { enrol, type ServerProcess, startServerProcess } from "./serverProcess.ts";

const policy = (ratio: number) => ({
  scope: "span" as const,
  tiers: [{ name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio } }],
});

const ENV = () => ({ DATABASE_URL: postgres.url, HEADGATE_SECRET: "the secret that both replicas of the test share" });

let postgres: EmbeddedPostgres;
let database: pg.Client;
let replicas: ServerProcess[];
let owner: Api;
let other: ReturnType<typeof createTRPCClient<AppRouter>>;
let token: string;
const folders: string[] = [];
const running: CollectorRun[] = [];

beforeAll(async () => {
  postgres = await startEmbeddedPostgres(join(temporaryFolder(), "data"), () => {});
  replicas = await Promise.all([startServerProcess({ env: ENV() }), startServerProcess({ env: ENV() })]);
  owner = await createOwner(replicas[0]).catch(() => createOwner(replicas[1]));
  other = createTRPCClient<AppRouter>({
    links: [httpBatchLink({ url: `${replicas[1].http}/trpc`, headers: { cookie: owner.cookie, origin: replicas[1].http } })],
  });
  token = readFileSync(join(replicas[0].dataDir, "local-enrolment-token"), "utf8").trim();
  database = new pg.Client({ connectionString: postgres.url });
  await database.connect();
}, 180_000);
afterAll(async () => {
  await Promise.all(running.map((collector) => collector.process.stop(15_000)));
  await database?.end();
  await Promise.all((replicas ?? []).map((replica) => replica.remove()));
  await postgres?.stop(5_000);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A real collector of a replica, by the name that its page has. */
async function collect(name: string, labels: string, replica: ServerProcess): Promise<string> {
  const folder = temporaryFolder();
  folders.push(folder);
  const env = { HEADGATE_FLEET_URL: replica.fleet, HEADGATE_ENROLMENT_TOKEN: token, HEADGATE_LABELS: labels, HEADGATE_NAME: name };
  running.push(await startCollector(folder, { env }));
  return waitFor(`${name} to be enrolled`, async () => (await owner.trpc.fleet.list.query()).find((row) => row.name === name)?.id);
}

/** Waits until a collector says itself that it runs what this revision is. */
async function runs(id: string, revision: number): Promise<void> {
  await waitFor(`${id} to run revision ${revision}`, async () => {
    const row = (await owner.trpc.fleet.list.query()).find((one) => one.id === id);
    return row?.assignedRevision === revision && row.configState === "in-sync";
  });
}
/** Waits until a collector's own account of its configuration, which is written down a moment after it is heard, has this ratio. */
async function keeps(id: string, ratio: number): Promise<void> {
  await waitFor(`${id} to keep ${ratio}`, async () => {
    const { effectiveConfig } = await owner.trpc.fleet.get.query({ id });
    return (effectiveConfig as { sampling: { tiers: { keep: { ratio: number } }[] } }).sampling.tiers[0].keep.ratio === ratio;
  });
}
const rowOf = async (id: string) => (await owner.trpc.fleet.list.query()).find((row) => row.id === id);
const newPolicy = async (name: string, ratio: number) => (await owner.trpc.policies.create.mutate({ name, body: policy(ratio) })).id;

it("gives each group's collectors what was applied to it, on both replicas, and a newcomer what its labels ask for", async () => {
  const eu = await collect("eu-1", "region=eu,env=prod", replicas[0]);
  const us = await collect("us-1", "region=us,env=prod", replicas[1]);
  await runs(eu, 1);
  await runs(us, 1);
  const { id: group } = await owner.trpc.groups.create.mutate({ name: "Europe", selector: "region in (eu)" });
  await waitFor("the collector to be in the group", async () => (await rowOf(eu))?.group?.name === "Europe");
  // Nothing was applied to it yet: it runs what the default group runs, and so nothing is sent.
  expect(await rowOf(eu)).toMatchObject({ assignedRevision: 1, configState: "in-sync" });
  expect(await owner.trpc.groups.list.query()).toMatchObject([
    { name: "Europe", selector: "region=eu", members: 1, differing: 0, revision: 1, hasOwnRevision: false },
    { name: "All other collectors", isDefault: true, members: 1, revision: 1, hasOwnRevision: true },
  ]);

  const half = await newPolicy("half", 0.5);
  const { revision } = await other.revisions.start.mutate({ kind: "policy", id: half, version: 1, groupIds: [group] });
  await runs(eu, revision);
  await keeps(eu, 0.5);
  expect(await rowOf(us)).toMatchObject({ assignedRevision: 1, configState: "in-sync" });
  expect((await owner.trpc.revisions.status.query({ revision })).collectors).toMatchObject([{ name: "eu-1", state: "applied" }]);
  expect(await owner.trpc.revisions.current.query({ groupId: group })).toMatchObject({ revision, ownRevision: revision, policy: { name: "half" }, total: 1 });
  expect(await owner.trpc.revisions.current.query()).toMatchObject({ revision: 1, policy: { name: "keep everything" } });
  expect(await owner.trpc.policies.get.query({ id: half })).toMatchObject({ runningVersion: 1, runsIn: [{ groupName: "Europe", version: 1, revision }] });

  // A later change of the default group leaves it alone.
  const tenth = await newPolicy("tenth", 0.1);
  const later = await owner.trpc.revisions.start.mutate({ kind: "policy", id: tenth, version: 1 });
  expect(later.revision).toBe(revision + 1);
  await runs(us, later.revision);
  expect(await rowOf(eu)).toMatchObject({ runningRevision: revision, configState: "in-sync" });
  expect((await owner.trpc.revisions.status.query({ revision: later.revision })).collectors.map(({ name }) => name)).toEqual(["us-1"]);

  const newcomer = await collect("eu-2", "region=eu", replicas[1]);
  await runs(newcomer, revision);
  await keeps(newcomer, 0.5);
}, 180_000);

it("sends a collector that changes groups what it shall run there, also when that has a lower number, and shows other groups that select it", async () => {
  const eu = (await owner.trpc.fleet.list.query()).find(({ name }) => name === "eu-1")?.id ?? "";
  const before = (await rowOf(eu))?.assignedRevision ?? 0;
  const { id: prod } = await other.groups.create.mutate({ name: "Production", selector: "env=prod", priority: 10, confirmed: true });
  const full = await newPolicy("full", 1);
  const { revision } = await other.revisions.start.mutate({ kind: "policy", id: full, version: 1, groupIds: [prod] });
  await runs(eu, revision);
  expect(await rowOf(eu)).toMatchObject({ group: { name: "Production" }, otherGroups: [{ name: "Europe" }] });
  await other.groups.update.mutate({ id: prod, name: "Production", selector: "env=prod", priority: -1 });
  await runs(eu, before);
  expect(before).toBeLessThan(revision);
  await keeps(eu, 0.5);
  await other.groups.archive.mutate({ id: prod });
  await waitFor("the group to be gone", async () => ((await rowOf(eu))?.otherGroups.length ?? 1) === 0);
  await other.groups.restore.mutate({ id: prod });
  await waitFor("the group to be back", async () => (await rowOf(eu))?.otherGroups[0]?.name === "Production");
  await other.groups.archive.mutate({ id: prod });
});

it("asks before a selector that matches nothing or everything, and refuses what makes no sense", async () => {
  const create = (more: object) => owner.trpc.groups.create.mutate({ name: "asked", selector: "env=nowhere", ...more });
  await expect(create({})).rejects.toThrow("the selector matches none of the 3 collectors; nothing was saved");
  await expect(create({ selector: "" })).rejects.toThrow("the selector matches all 3 collectors");
  await expect(create({ selector: "env in prod" })).rejects.toThrow("selector: at character 8: the values stand in parentheses");
  await expect(create({ name: "Europe", selector: "region=eu" })).rejects.toThrow('there is already a group named "Europe"');
  const { id } = await create({ confirmed: true });
  await owner.trpc.groups.archive.mutate({ id });
  await expect(owner.trpc.groups.archive.mutate({ id: "default" })).rejects.toThrow("can't be archived");
  await expect(owner.trpc.groups.update.mutate({ id: "default", name: "Rest", selector: "env=prod" })).rejects.toThrow("takes no selector");
  await owner.trpc.groups.update.mutate({ id: "default", name: "The rest", selector: "" });
  const half = (await owner.trpc.policies.list.query()).find(({ name }) => name === "half")?.id ?? "";
  await expect(owner.trpc.revisions.start.mutate({ kind: "policy", id: half, version: 1, groupIds: [id] })).rejects.toThrow("asked is archived");
  await expect(owner.trpc.policies.archive.mutate({ id: half })).rejects.toThrow(/v1 runs in the group Europe, in revision \d+\. Apply another/);
  const saw = { name: "Europe", selector: "region=us", priority: 0, description: "" };
  const europe = (await owner.trpc.groups.list.query()).find(({ name }) => name === "Europe")?.id ?? "";
  await expect(owner.trpc.groups.update.mutate({ id: europe, name: "EU", selector: "region=eu", base: saw })).rejects.toThrow("changed in the meantime");
  const { rows } = await database.query(
    `SELECT action, "entityName", detail FROM "AuditEvent" WHERE action LIKE 'group.%' OR action = 'apply.start' ORDER BY id`,
  );
  expect(rows.map(({ action, entityName }) => `${action} ${entityName}`)).toEqual([
    "group.create Europe",
    "apply.start half",
    "apply.start tenth",
    "group.create Production",
    "apply.start full",
    "group.update Production",
    "group.archive Production",
    "group.restore Production",
    "group.archive Production",
    "group.create asked",
    "group.archive asked",
    "group.update The rest",
  ]);
  expect(rows[1].detail).toMatchObject({ group: "Europe" });
});

it("follows labels that people change, by the next connection too, and what the environment says of the rest", async () => {
  const us = (await owner.trpc.fleet.list.query()).find(({ name }) => name === "us-1")?.id ?? "";
  const { labels } = await other.fleet.setLabels.mutate({ id: us, labels: { env: "prod", region: "eu", team: "shop" } });
  expect(labels).toEqual({ env: "prod", region: "eu", team: "shop" });
  await waitFor("it to be in the group", async () => (await rowOf(us))?.group?.name === "Europe");
  await keeps(us, 0.5);
  await expect(owner.trpc.fleet.setLabels.mutate({ id: us, labels: {}, base: { region: "us" } })).rejects.toThrow("changed in the meantime");
  await expect(owner.trpc.fleet.setLabels.mutate({ id: us, labels: { ...labels, region: "e u" } })).rejects.toThrow("labels.region: must have letters");
  const many = Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`k${index}`, ""]));
  await expect(owner.trpc.fleet.setLabels.mutate({ id: us, labels: many })).rejects.toThrow("at most 64 labels");

  // One of its own taken away, one of its own changed: what its environment says later counts for the rest alone.
  await owner.trpc.fleet.setLabels.mutate({ id: us, labels: { region: "eu", team: "shop" } });
  const { rows } = await database.query(`SELECT labels, "editedLabels" FROM "Collector" WHERE id = $1`, [us]);
  expect(rows).toEqual([{ labels: { env: "prod", region: "us" }, editedLabels: { env: null, region: "eu", team: "shop" } }]);
  await owner.trpc.fleet.setLabels.mutate({ id: us, labels: { env: "prod", region: "us" } });
  expect((await database.query(`SELECT "editedLabels" FROM "Collector" WHERE id = $1`, [us])).rows).toEqual([{ editedLabels: {} }]);
  await waitFor("it to be back", async () => (await rowOf(us))?.group?.name === "The rest");
  await keeps(us, 0.1);
});

it("runs something else on one collector until the time is over, through whichever replica, and its group's newest after it", async () => {
  const eu = (await owner.trpc.fleet.list.query()).find(({ name }) => name === "eu-1")?.id ?? "";
  const policies = await owner.trpc.policies.list.query();
  const idOf = (name: string) => policies.find((one) => one.name === name)?.id ?? "";
  const override = (name: string, more = {}) =>
    other.fleet.setOverride.mutate({ collectorId: eu, changes: [{ kind: "policy", id: idOf(name), version: 1 }], reason: "to compare", minutes: 60, ...more });
  const first = await override("tenth");
  await keeps(eu, 0.1);
  // The replica that is asked hears of it in its own time.
  await runs(eu, first.revision);
  expect(await rowOf(eu)).toMatchObject({ assignedRevision: first.revision, overriddenUntilMs: first.expiresAtMs, group: { name: "Europe" } });
  expect((await owner.trpc.groups.list.query()).find(({ name }) => name === "Europe")).toMatchObject({ members: 2, differing: 1 });
  expect((await owner.trpc.policies.get.query({ id: idOf("tenth") })).runsIn).toMatchObject([{ collector: null }, { collector: { name: "eu-1" }, version: 1 }]);

  // A second one takes the first one's place; what its group is given meanwhile waits for the end.
  const second = await override("full", { minutes: 30 });
  await keeps(eu, 1);
  await expect(owner.trpc.policies.archive.mutate({ id: idOf("full") })).rejects.toThrow("v1 runs on eu-1, overridden, in revision");
  const group = (await owner.trpc.groups.list.query()).find(({ name }) => name === "Europe")?.id ?? "";
  const fifth = await newPolicy("fifth", 0.2);
  expect(await owner.trpc.revisions.preview.query({ kind: "policy", id: fifth, version: 1, groupId: group })).toMatchObject({ collectors: 1, overridden: 1 });
  const { revision } = await owner.trpc.revisions.start.mutate({ kind: "policy", id: fifth, version: 1, groupIds: [group] });
  const states = async () => (await owner.trpc.revisions.status.query({ revision })).collectors.map(({ name, state }) => `${name} ${state}`).sort();
  await waitFor("the other member to take it", async () => (await states()).join() === "eu-1 overridden,eu-2 applied");

  await database.query(`UPDATE "CollectorOverride" SET "expiresAt" = now() WHERE "collectorId" = $1`, [eu]);
  await keeps(eu, 0.2);
  await runs(eu, revision);
  expect(await rowOf(eu)).toMatchObject({ assignedRevision: revision, overriddenUntilMs: null });
  await expect(owner.trpc.fleet.endOverride.mutate({ id: eu })).rejects.toThrow("nothing overrides what it runs any more");

  await owner.trpc.policies.archive.mutate({ id: idOf("full") });
  await expect(override("full")).rejects.toThrow("full is archived");
  await expect(override("fifth", { changes: [{ kind: "policy", id: fifth, version: 1 }] })).rejects.toThrow("would run just what its group Europe runs");
  await expect(override("tenth", { reason: " " })).rejects.toThrow("reason: must say why");
  await expect(override("tenth", { minutes: 43_201 })).rejects.toThrow("30 days");
  await override("tenth");
  await keeps(eu, 0.1);
  await owner.trpc.fleet.endOverride.mutate({ id: eu });
  await keeps(eu, 0.2);
  const { rows } = await database.query(
    `SELECT action, "actorName" FROM "AuditEvent" WHERE "entityId" = $1 AND action LIKE 'collector.%verride%' ORDER BY id`,
    [eu],
  );
  const { name } = (await owner.trpc.session.me.query()) ?? { name: "" };
  expect(rows.map(({ action, actorName }) => `${action} ${actorName}`)).toEqual([
    `collector.override ${name}`,
    `collector.override ${name}`,
    "collector.overrideExpired Headgate",
    `collector.override ${name}`,
    `collector.endOverride ${name}`,
  ]);
  expect(second.revision).toBe(first.revision + 1);
});

it("ends an override whose time was over while no control plane ran", async () => {
  const eu = (await owner.trpc.fleet.list.query()).find(({ name }) => name === "eu-1")?.id ?? "";
  const tenth = (await owner.trpc.policies.list.query()).find(({ name }) => name === "tenth")?.id ?? "";
  await owner.trpc.fleet.setOverride.mutate({ collectorId: eu, changes: [{ kind: "policy", id: tenth, version: 1 }], reason: "overnight", minutes: 60 });
  await keeps(eu, 0.1);
  const fleet = replicas.map((replica) => new URL(replica.fleet).port);
  const http = replicas.map((replica) => new URL(replica.http).port);
  await Promise.all(replicas.map((replica) => replica.process.stop(15_000)));
  await database.query(`UPDATE "CollectorOverride" SET "expiresAt" = now() - interval '1 hour'`);
  replicas = await Promise.all(
    replicas.map(({ dataDir }, index) =>
      startServerProcess({ dataDir, env: { ...ENV(), HEADGATE_FLEET_PORT: fleet[index], HEADGATE_HTTP_PORT: http[index] } }),
    ),
  );
  owner = await signIn(replicas[0].http);
  await keeps(eu, 0.2);
  await waitFor("the override to be gone", async () => (await database.query(`SELECT 1 FROM "CollectorOverride"`)).rowCount === 0);
  expect((await database.query(`SELECT 1 FROM "AuditEvent" WHERE action = 'collector.overrideExpired'`)).rowCount).toBe(2);
});

it("numbers the revisions of several groups without gaps, all of an apply or none", async () => {
  const ids = (await owner.trpc.groups.list.query()).map(({ id }) => id);
  const quarter = await newPolicy("quarter", 0.25);
  const highest = (await owner.trpc.revisions.list.query())[0].revision;
  const results = await Promise.all([owner.trpc, other].map((api) => api.revisions.start.mutate({ kind: "policy", id: quarter, version: 1, groupIds: ids })));
  const numbers = results.flatMap(({ revisions }) => revisions.map(({ revision }) => revision)).sort((a, b) => a - b);
  expect(numbers).toEqual(ids.flatMap(() => [0, 0]).map((_, index) => highest + 1 + index));
  await expect(owner.trpc.revisions.start.mutate({ kind: "policy", id: quarter, version: 1, groupIds: [ids[0], "no such group"] })).rejects.toThrow(
    "no group with the id",
  );
  expect((await owner.trpc.revisions.list.query())[0].revision).toBe(numbers.at(-1));
  expect((await owner.trpc.revisions.list.query({ groupId: ids[0] })).every(({ groupId }) => groupId === ids[0])).toBe(true);
});

it("refuses more groups than there may be, and says what to do", async () => {
  const { length } = await owner.trpc.groups.list.query();
  await database.query(`INSERT INTO "CollectorGroup" (id, name, selector) SELECT 'full ' || n, 'full ' || n, 'n=' || n FROM generate_series(1, $1::int) n`, [
    200 - length,
  ]);
  const create = () => owner.trpc.groups.create.mutate({ name: "one more", selector: "env=nowhere", confirmed: true });
  await expect(create()).rejects.toThrow("there may be at most 200 groups; archive one that is not needed");
  await database.query(`UPDATE "CollectorGroup" SET "archivedAt" = now() WHERE id LIKE 'full %'`);
  await database.query(`INSERT INTO "CollectorGroup" (id, name, "archivedAt") SELECT 'old ' || n, 'old ' || n, now() FROM generate_series(1, 1000) n`);
  await expect(create()).rejects.toThrow("at most 1000 groups, archived ones included");
  await database.query(`DELETE FROM "CollectorGroup" WHERE id LIKE 'full %' OR id LIKE 'old %'`);
});

it("never sends what a late look-up found once a newer one is done", async () => {
  const collector = await enrol(replicas[0].fleet, token, { name: "watched" });
  const stream = collector.connect({ capabilities: [] });
  await stream.next("its first configuration", (message) => message.config);
  const group = (await owner.trpc.groups.list.query()).find(({ isDefault }) => isDefault)?.id ?? "";
  const applied: number[] = [];
  for (const ratio of [0.9, 0.8, 0.7, 0.6]) {
    const id = await newPolicy(`quick ${ratio}`, ratio);
    applied.push((await owner.trpc.revisions.start.mutate({ kind: "policy", id, version: 1, groupIds: [group] })).revision);
  }
  await stream.next("the last", (message) => message.config?.revision === applied.at(-1));
  const sent = stream.received.flatMap(({ config }) => config?.revision ?? []);
  expect(sent).toEqual([...sent].sort((a, b) => a - b));
  stream.cancel();
  collector.close();
});
