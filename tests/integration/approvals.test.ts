import { readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Role } from "#domain/auth/role.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { type Api, createOwner, signIn, withToken } from "../fixtures/api.ts";
import { simulateCollector } from "../fixtures/simulatedCollector.ts";
import { waitFor } from "../fixtures/waitFor.ts";
import { enrol, type ServerProcess, startServerProcess } from "./serverProcess.ts";

const policy = (ratio: number): SamplingPolicy => ({
  scope: "span",
  tiers: [{ name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio } }],
});

type Person = { api: Api; id: string };
let server: ServerProcess;
let owner: Api;
let ada: Person;
let ben: Person;
let cleo: Person;
let eu: string;
let policyId: string;
let database: pg.Client;

async function joinAs(name: string, role: Role, grants: Record<string, "editor" | "approver"> = {}): Promise<Person> {
  const { url } = await owner.trpc.people.invite.mutate({ role, grants });
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

beforeAll(async () => {
  server = await startServerProcess();
  owner = await createOwner(server);
  eu = (await owner.trpc.groups.create.mutate({ name: "eu", selector: "region=eu", confirmed: true })).id;
  ada = await joinAs("Ada", "editor");
  ben = await joinAs("Ben", "approver");
  cleo = await joinAs("Cleo", "viewer", { [eu]: "approver" });
  policyId = (await owner.trpc.policies.create.mutate({ name: "shop", body: policy(0.5) })).id;
  const password = readFileSync(join(server.dataDir, "postgres-password"), "utf8").trim();
  database = new pg.Client({ host: join(server.dataDir, "postgres"), user: "headgate", password, database: "postgres" });
  await database.connect();
});
afterAll(async () => {
  await database?.end();
  await server?.remove();
});

const forbidden = { data: { appCode: "FORBIDDEN", httpStatus: 403 } };
const conflict = { data: { appCode: "CONFLICT" } };

/** A new version of the policy, different from all before. */
let ratio = 0.5;
async function nextVersion(): Promise<number> {
  const { currentVersion } = await owner.trpc.policies.get.query({ id: policyId });
  ratio = Math.round((ratio - 0.001) * 1_000) / 1_000;
  return (await owner.trpc.policies.saveVersion.mutate({ id: policyId, baseVersion: currentVersion, body: policy(ratio) })).version;
}

describe("a role in one group", () => {
  it("lets a person save documents and apply them there, and nowhere else", async () => {
    expect(await cleo.api.trpc.session.me.query()).toMatchObject({ role: "viewer", grants: { [eu]: "approver" } });
    const { id } = await cleo.api.trpc.policies.create.mutate({ name: "for eu", body: policy(0.9) });
    const { revisions } = await cleo.api.trpc.revisions.start.mutate({ kind: "policy", id, version: 1, groupIds: [eu] });
    expect(revisions).toMatchObject([{ groupId: eu }]);
    const elsewhere = cleo.api.trpc.revisions.start.mutate({ kind: "policy", id, version: 1 });
    await expect(elsewhere).rejects.toMatchObject({
      message: expect.stringContaining("needs the role editor in the group All other collectors"),
      ...forbidden,
    });
    const both = cleo.api.trpc.revisions.start.mutate({ kind: "policy", id, version: 1, groupIds: [eu, "default"] });
    await expect(both).rejects.toMatchObject(forbidden);
  });

  it("lets a person say what the group is, not which collectors it takes", async () => {
    const [group] = (await cleo.api.trpc.groups.list.query()).filter(({ id }) => id === eu);
    const { name, selector, priority } = group;
    await cleo.api.trpc.groups.update.mutate({ id: eu, name, selector, priority, description: "the shops in Europe" });
    const grabbing = cleo.api.trpc.groups.update.mutate({ id: eu, name, selector: "env=prod", priority: 100, description: "", confirmed: true });
    await expect(grabbing).rejects.toMatchObject(forbidden);
    await expect(cleo.api.trpc.groups.create.mutate({ name: "mine", selector: "a=b", confirmed: true })).rejects.toMatchObject(forbidden);
    await expect(cleo.api.trpc.groups.archive.mutate({ id: eu })).rejects.toMatchObject(forbidden);
    await expect(cleo.api.trpc.sampleTraffic.start.mutate()).rejects.toMatchObject(forbidden);
  });

  it("holds for tokens too, and ends at once when it is taken away", async () => {
    const dora = await joinAs("Dora", "viewer", { [eu]: "editor" });
    const { token } = await dora.api.trpc.apiTokens.create.mutate({ name: "eu only", scopes: ["apply"], expiresInDays: 1 });
    const apply = (groupId: string) => withToken(server.http, token).revisions.start.mutate({ kind: "policy", id: policyId, version: 1, groupIds: [groupId] });
    await apply(eu);
    await expect(apply("default")).rejects.toMatchObject(forbidden);
    await owner.trpc.people.setGrant.mutate({ id: dora.id, groupId: eu, role: null });
    await waitFor("the grant to end", async () => Object.keys((await dora.api.trpc.session.me.query())?.grants ?? {}).length === 0);
    await expect(apply(eu)).rejects.toMatchObject(forbidden);
    await expect(dora.api.trpc.policies.create.mutate({ name: "no more", body: policy(1) })).rejects.toMatchObject(forbidden);
  });

  it("is given by admins alone, in groups that there are", async () => {
    await expect(ben.api.trpc.people.setGrant.mutate({ id: ada.id, groupId: eu, role: "approver" })).rejects.toMatchObject(forbidden);
    const refused = { data: { appCode: "NOT_FOUND" } };
    await expect(owner.trpc.people.setGrant.mutate({ id: ada.id, groupId: "nowhere", role: "approver" })).rejects.toMatchObject(refused);
    await expect(owner.trpc.people.invite.mutate({ role: "viewer", grants: { nowhere: "editor" } })).rejects.toMatchObject(refused);
    const admin = { id: ada.id, groupId: eu, role: "admin" as never };
    await expect(owner.trpc.people.setGrant.mutate(admin)).rejects.toMatchObject({ data: { appCode: "INVALID" } });
  });
});

describe("with approval on", () => {
  beforeEach(async () => {
    if (!(await owner.trpc.approvals.setting.query()).everywhere) await owner.trpc.approvals.set.mutate({ everywhere: true });
  });
  const ask = (by: Person, version: number, groupId?: string) =>
    by.api.trpc.approvals.ask.mutate({ kind: "policy", id: policyId, version, groupId, message: "less" });

  it("nothing is applied by one person alone, an admin or a token of theirs included; the refusal says what to do", async () => {
    const version = await nextVersion();
    const input = { kind: "policy" as const, id: policyId, version };
    const { token } = await owner.trpc.apiTokens.create.mutate({ name: "deploy", scopes: ["apply"], expiresInDays: 1 });
    for (const trpc of [ada.api.trpc, owner.trpc, withToken(server.http, token)])
      await expect(trpc.revisions.start.mutate(input)).rejects.toMatchObject({
        message: expect.stringContaining("need approval: nothing was applied"),
        ...forbidden,
      });
    expect(await ada.api.trpc.revisions.preview.query(input)).toMatchObject({ needsApproval: true });
  });

  it("a change is applied when another person approves it, as it was asked for, under both names", async () => {
    const version = await nextVersion();
    const before = await owner.trpc.revisions.current.query();
    const { id } = await ask(ada, version);
    expect(await ben.api.trpc.approvals.count.query()).toMatchObject({ pending: 1, mine: 1, inUse: true });
    expect(await ada.api.trpc.approvals.count.query()).toMatchObject({ pending: 1, mine: 0 });
    expect(await ben.api.trpc.approvals.get.query({ id })).toMatchObject({
      state: "pending",
      title: `shop v${version}`,
      message: "less",
      sentences: [expect.stringMatching(/keep/)],
      document: { kind: "policy", id: policyId, version },
      problem: null,
      isOwn: false,
    });
    expect((await owner.trpc.revisions.current.query()).revision).toBe(before.revision);
    const { revision } = await ben.api.trpc.approvals.approve.mutate({ id });
    expect(await owner.trpc.revisions.current.query()).toMatchObject({ revision, policy: { id: policyId, version } });
    expect((await owner.trpc.revisions.list.query())[0]).toMatchObject({ revision, authorName: "Ada", approverName: "Ben", message: "less" });
    expect(await ada.api.trpc.approvals.get.query({ id })).toMatchObject({ state: "applied", decidedByName: "Ben", revision });
    const { events } = await owner.trpc.audit.list.query({ filter: { text: "shop" } });
    expect(events.map(({ actorName, sentence }) => `${actorName} ${sentence}`)).toEqual(
      expect.arrayContaining([
        `Ben approved shop v${version}, which Ada had asked for`,
        `Ben applied shop v${version} to the group All other collectors as revision ${revision}, as Ada had asked`,
        `Ada asked for approval of shop v${version} in All other collectors`,
      ]),
    );
  });

  it("nobody decides on what they asked for, not even an admin, not through a token, not after asking through one", async () => {
    const version = await nextVersion();
    const { token } = await owner.trpc.apiTokens.create.mutate({ name: "both ways", scopes: ["apply", "read"], expiresInDays: 1 });
    const program = withToken(server.http, token);
    const { id } = await owner.trpc.approvals.ask.mutate({ kind: "policy", id: policyId, version });
    for (const trpc of [owner.trpc, program]) {
      const own = { message: expect.stringContaining("asked for themselves"), ...forbidden };
      await expect(trpc.approvals.approve.mutate({ id })).rejects.toMatchObject(own);
      await expect(trpc.approvals.reject.mutate({ id, reason: "x" })).rejects.toMatchObject(own);
    }
    await owner.trpc.approvals.withdraw.mutate({ id });
    const asked = await program.approvals.ask.mutate({ kind: "policy", id: policyId, version });
    await expect(owner.trpc.approvals.approve.mutate({ id: asked.id })).rejects.toMatchObject(forbidden);
    await program.approvals.withdraw.mutate({ id: asked.id });
  });

  it("an approver of one group decides there, and an editor nowhere", async () => {
    const version = await nextVersion();
    const inEu = await ask(ada, version, eu);
    const elsewhere = await ask(ada, version);
    await expect(cleo.api.trpc.approvals.approve.mutate({ id: elsewhere.id })).rejects.toMatchObject({
      message: expect.stringContaining("needs the role approver in the group All other collectors"),
      ...forbidden,
    });
    const eve = await joinAs("Eve", "editor");
    await expect(eve.api.trpc.approvals.approve.mutate({ id: inEu.id })).rejects.toMatchObject(forbidden);
    await cleo.api.trpc.approvals.approve.mutate({ id: inEu.id });
    await ben.api.trpc.approvals.reject.mutate({ id: elsewhere.id, reason: "eu first" });
    expect(await ada.api.trpc.approvals.get.query({ id: elsewhere.id })).toMatchObject({ state: "rejected", reason: "eu first", revision: null });
  });

  it("a rollout is asked for, and begins when another person says yes, under both names", async () => {
    const { id: groupId } = await owner.trpc.groups.create.mutate({ name: "apac", selector: "region=apac", confirmed: true });
    const token = readFileSync(join(server.dataDir, "local-enrolment-token"), "utf8").trim();
    const collector = await simulateCollector(server.fleet, token, { name: "apac-1", labels: { region: "apac" } });
    try {
      await waitFor("the collector to run something", () => collector.runningRevision > 0);
      const version = await nextVersion();
      const off = {
        p99RatioMax: null,
        queueShareMax: null,
        memoryBytesPerMinuteMax: null,
        droppedMax: null,
        refusedShareMax: null,
        keptShareWithinForecast: false,
      };
      const plan = { stages: [{ size: { kind: "share" as const, share: 1 }, bakeSeconds: 3_600 }], gates: off };
      const wish = { id: policyId, version, groupId, plan, message: "in stages" };
      for (const { trpc } of [ada.api, owner])
        await expect(trpc.rollouts.start.mutate({ kind: "policy", ...wish })).rejects.toMatchObject({
          message: expect.stringContaining("need approval"),
          ...forbidden,
        });
      const { id } = await ada.api.trpc.approvals.ask.mutate({ kind: "rollout", of: "policy", ...wish });
      expect(await ben.api.trpc.approvals.get.query({ id })).toMatchObject({
        state: "pending",
        title: `shop v${version} in 1 stages`,
        isOwn: false,
        problem: null,
      });
      await expect(ada.api.trpc.approvals.approve.mutate({ id })).rejects.toMatchObject(forbidden);
      expect((await owner.trpc.rollouts.list.query({ groupId })).live).toEqual([]);
      await ben.api.trpc.approvals.approve.mutate({ id });
      const [started] = (await owner.trpc.rollouts.list.query({ groupId })).live;
      expect(started).toMatchObject({ authorName: "Ada", approverName: "Ben", message: "in stages", toVersion: version });
      await waitFor("the collector to run it", async () => (await owner.trpc.rollouts.get.query({ number: started.number })).phase === "baking");
      expect(collector.runningRevision).toBe(started.toRevision);
      expect(await ada.api.trpc.approvals.get.query({ id })).toMatchObject({ state: "applied", decidedByName: "Ben" });
      // Said yes to once, it begins once.
      await expect(ben.api.trpc.approvals.approve.mutate({ id })).rejects.toMatchObject(conflict);
      const { rows } = await database.query(`SELECT "actorName", "detail" FROM "AuditEvent" WHERE "action" = 'rollout.start'`);
      expect(rows).toMatchObject([{ actorName: "Ben", detail: { askedBy: "Ada", requestId: id } }]);
    } finally {
      // The other collectors follow the same group: nothing else could be applied to them.
      for (const { number } of (await owner.trpc.rollouts.list.query({ groupId })).live) {
        await ada.api.trpc.rollouts.abort.mutate({ number });
        await waitFor("the way back", async () => (await owner.trpc.rollouts.get.query({ number })).phase === "rolledBack");
      }
      collector.stop();
    }
  });

  it("of two approvers at the same moment one applies it, and the other is told so; it is applied once", async () => {
    const version = await nextVersion();
    const before = await owner.trpc.revisions.current.query();
    const { id } = await ask(ada, version);
    const results = await Promise.allSettled([ben.api, owner].map(({ trpc }) => trpc.approvals.approve.mutate({ id })));
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const refused = results.find((result) => result.status === "rejected");
    expect(refused?.reason).toMatchObject({ message: expect.stringContaining("approved and applied already"), ...conflict });
    expect((await owner.trpc.revisions.list.query({ groupId: "default" }))[1].revision).toBe(before.revision);
  });

  it("a request goes stale when what runs changes in between, and says so to whoever wants to approve it", async () => {
    const [first, second] = [await nextVersion(), await nextVersion()];
    const one = await ask(ada, first);
    const other = await ask(ada, second);
    await ben.api.trpc.approvals.approve.mutate({ id: one.id });
    expect(await ben.api.trpc.approvals.get.query({ id: other.id })).toMatchObject({ state: "stale", problem: expect.stringContaining("asked for anew") });
    await expect(ben.api.trpc.approvals.approve.mutate({ id: other.id })).rejects.toMatchObject(conflict);
    const { events } = await owner.trpc.audit.list.query({ filter: { action: "approval.close" } });
    expect(events[0]).toMatchObject({ actorKind: "system", sentence: expect.stringContaining("what runs has changed since") });
    // Of another group nothing has changed.
    const inEu = await ask(ada, second, eu);
    const third = await ask(ada, await nextVersion());
    await ben.api.trpc.approvals.approve.mutate({ id: third.id });
    expect(await ben.api.trpc.approvals.get.query({ id: inEu.id })).toMatchObject({ state: "pending" });
    await ada.api.trpc.approvals.withdraw.mutate({ id: inEu.id });
  });

  it("a request expires after seven days", async () => {
    const { id } = await ask(ada, await nextVersion());
    await database.query(`UPDATE "ChangeRequest" SET "expiresAt" = now() - interval '1 second' WHERE "id" = $1`, [id]);
    expect(await ben.api.trpc.approvals.get.query({ id })).toMatchObject({ state: "expired" });
    await expect(ben.api.trpc.approvals.approve.mutate({ id })).rejects.toMatchObject({ message: expect.stringContaining("within 7 days"), ...conflict });
    expect((await ben.api.trpc.approvals.list.query({ closed: true })).map((request) => request.id)).toContain(id);
  });

  it("whoever asked withdraws it, and nobody else", async () => {
    const { id } = await ask(ada, await nextVersion());
    await expect(ben.api.trpc.approvals.withdraw.mutate({ id })).rejects.toMatchObject(forbidden);
    await ada.api.trpc.approvals.withdraw.mutate({ id });
    await expect(ben.api.trpc.approvals.approve.mutate({ id })).rejects.toMatchObject(conflict);
    await expect(ada.api.trpc.approvals.withdraw.mutate({ id })).rejects.toMatchObject(conflict);
  });

  it("the same is not asked for twice, what runs already or can't run not at all, and one person fills no more than their part", async () => {
    const version = await nextVersion();
    const { id } = await ask(ada, version);
    await expect(ask(ada, version)).rejects.toMatchObject({ message: expect.stringContaining(`/approvals/${id}`), ...conflict });
    await ada.api.trpc.approvals.withdraw.mutate({ id });
    const { policy: running } = await owner.trpc.revisions.current.query();
    await expect(ada.api.trpc.approvals.ask.mutate({ kind: "policy", id: running.id, version: running.version })).rejects.toMatchObject(conflict);
    await expect(ask(ada, 9_999)).rejects.toMatchObject({ data: { appCode: "NOT_FOUND" } });
    const asked: string[] = [];
    for (let round = 0; round < 20; round++) asked.push((await ask(ada, await nextVersion())).id);
    await expect(ask(ada, await nextVersion())).rejects.toMatchObject({ data: { appCode: "TOO_MANY" } });
    for (const one of asked) await ada.api.trpc.approvals.withdraw.mutate({ id: one });
  });

  it("a group's own word goes before it: off lets changes out, on keeps them in", async () => {
    const version = await nextVersion();
    expect(await owner.trpc.approvals.set.mutate({ groupId: eu, approval: "off" })).toEqual({ asked: null });
    await ada.api.trpc.revisions.start.mutate({ kind: "policy", id: policyId, version, groupIds: [eu] });
    await expect(ask(ada, version, eu)).rejects.toMatchObject(conflict);
    await expect(ada.api.trpc.revisions.start.mutate({ kind: "policy", id: policyId, version, groupIds: ["default", eu] })).rejects.toMatchObject(forbidden);
    await owner.trpc.approvals.set.mutate({ groupId: eu, approval: "inherit" });
    await expect(ada.api.trpc.revisions.start.mutate({ kind: "policy", id: policyId, version: 1, groupIds: [eu] })).rejects.toMatchObject(forbidden);
  });

  it("it takes a second admin to turn it off, where there are two; alone an admin may", async () => {
    const zoe = await joinAs("Zoe", "admin");
    const { asked } = await owner.trpc.approvals.set.mutate({ everywhere: false });
    expect(asked).not.toBeNull();
    expect(await owner.trpc.approvals.setting.query()).toMatchObject({ everywhere: true, admins: 2 });
    const id = asked ?? "";
    await expect(owner.trpc.approvals.approve.mutate({ id })).rejects.toMatchObject(forbidden);
    await expect(ben.api.trpc.approvals.approve.mutate({ id })).rejects.toMatchObject(forbidden);
    expect(await zoe.api.trpc.approvals.approve.mutate({ id })).toEqual({ id, revision: null });
    expect(await owner.trpc.approvals.setting.query()).toMatchObject({ everywhere: false });
    expect(await owner.trpc.approvals.set.mutate({ everywhere: true })).toEqual({ asked: null });
    // So does a group's own off, and a group's on that is taken back.
    expect((await zoe.api.trpc.approvals.set.mutate({ groupId: eu, approval: "off" })).asked).not.toBeNull();
    await owner.trpc.people.remove.mutate({ id: zoe.id });
    expect(await owner.trpc.approvals.set.mutate({ everywhere: false })).toEqual({ asked: null });
    await ada.api.trpc.revisions.start.mutate({ kind: "policy", id: policyId, version: await nextVersion() });
  });
});

describe("with approval on, so do", () => {
  let collectorId: string;
  beforeAll(async () => {
    const token = readFileSync(join(server.dataDir, "local-enrolment-token"), "utf8").trim();
    const collector = await enrol(server.fleet, token, { name: "single" });
    collectorId = collector.collectorId;
    collector.close();
    await owner.trpc.approvals.set.mutate({ everywhere: true });
  });

  it("going back to an earlier revision", async () => {
    const { revision } = await owner.trpc.revisions.current.query();
    await expect(ada.api.trpc.revisions.revert.mutate({ groupId: "default", revision: 1 })).rejects.toMatchObject(forbidden);
    const { id } = await ada.api.trpc.approvals.ask.mutate({ kind: "revert", groupId: "default", revision: 1 });
    expect(await ben.api.trpc.approvals.get.query({ id })).toMatchObject({ title: "All other collectors back to revision 1", baseRevision: revision });
    await ben.api.trpc.approvals.approve.mutate({ id });
    expect((await owner.trpc.revisions.list.query())[0]).toMatchObject({ authorName: "Ada", approverName: "Ben", message: "Back to revision 1" });
  });

  it("an override of one collector, which goes stale with what it is on top of", async () => {
    const wish = { collectorId, changes: [{ kind: "policy" as const, id: policyId, version: 1 }], reason: "a look", minutes: 60 };
    await expect(ada.api.trpc.fleet.setOverride.mutate(wish)).rejects.toMatchObject(forbidden);
    const { id } = await ada.api.trpc.approvals.ask.mutate({ kind: "override", ...wish });
    const again = await ada.api.trpc.approvals.ask.mutate({ kind: "override", ...wish, minutes: 30 });
    expect(await ben.api.trpc.approvals.get.query({ id })).toMatchObject({ title: "single alone: shop v1 for 60 min", message: "a look" });
    const { revision } = await ben.api.trpc.approvals.approve.mutate({ id });
    expect((await owner.trpc.revisions.list.query())[0]).toMatchObject({ revision, authorName: "Ada", approverName: "Ben", collector: { name: "single" } });
    await expect(ben.api.trpc.approvals.approve.mutate({ id: again.id })).rejects.toMatchObject(conflict);
  });
});
