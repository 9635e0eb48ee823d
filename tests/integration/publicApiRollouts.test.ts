import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Api, createOwner, signIn } from "../fixtures/api.ts";
import { createToken, openPublicApi, type PublicAnswer, type PublicApi } from "../fixtures/publicApi.ts";
import { type SimulatedCollector, simulateCollector } from "../fixtures/simulatedCollector.ts";
import { waitFor } from "../fixtures/waitFor.ts";
import { type ServerProcess, startServerProcess } from "./serverProcess.ts";

const policy = (ratio: number) => ({ scope: "span", tiers: [{ name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio } }] });
const gates = {
  p99RatioMax: null,
  queueShareMax: null,
  memoryBytesPerMinuteMax: null,
  droppedMax: null,
  refusedShareMax: null,
  keptShareWithinForecast: false,
};
const SIZE = 3;

let server: ServerProcess;
let owner: Api;
let api: PublicApi;
let collectors: SimulatedCollector[] = [];
let groupId: string;
let policyId: string;

beforeAll(async () => {
  server = await startServerProcess();
  owner = await createOwner(server);
  api = await openPublicApi(server.http, await createToken(owner, ["read", "documents:write", "fleet:write", "apply"]));
  groupId = String((await api.call("POST", "/groups", { body: { name: "shops", selector: "t=shops", confirmed: true } })).body.id);
  policyId = String((await api.call("POST", "/policies", { body: { name: "shop", body: policy(1) } })).body.id);
  for (const baseVersion of [1, 2]) await api.call("POST", `/policies/${policyId}/versions`, { body: { baseVersion, body: policy(1 / (baseVersion + 1)) } });
  await api.call("POST", "/apply", { body: { kind: "policy", id: policyId, version: 1, groupIds: [groupId] } });
  const token = readFileSync(join(server.dataDir, "local-enrolment-token"), "utf8").trim();
  collectors = await Promise.all(
    Array.from({ length: SIZE }, (_, index) => simulateCollector(server.fleet, token, { name: `shop-${index}`, labels: { t: "shops" } })),
  );
  await waitFor("the collectors to run it", () => collectors.every(({ runningRevision }) => runningRevision > 0));
});
afterAll(async () => {
  for (const collector of collectors) collector.stop();
  await server?.remove();
});

const rollout = (version: number, stages: object[]) => ({ groupId, kind: "policy", id: policyId, version, plan: { stages, gates }, message: "fewer" });
const all = { kind: "share", share: 1 };
const reaches = (path: string, what: Partial<Record<string, unknown>>) =>
  waitFor(`${path} to be ${JSON.stringify(what)}`, async (): Promise<PublicAnswer | false> => {
    const answer = await api.call("GET", path);
    return Object.entries(what).every(([name, value]) => answer.body[name] === value) && answer;
  });

/** Of somebody who may start and stop changes, and not let them go on. */
async function editorsToken(): Promise<string> {
  const { url } = await owner.trpc.people.invite.mutate({ role: "editor" });
  const person = { name: "Ada", email: "ada@example.com", password: "a long enough password" };
  const response = await fetch(`${server.http}/api/setup`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: server.http },
    body: JSON.stringify({ token: new URL(url).searchParams.get("token"), ...person }),
  });
  expect(response.status).toBe(200);
  return createToken(await signIn(server.http, person), ["read", "apply"]);
}

it("a rollout is previewed, started, approved, paused, resumed and promoted over the API, each by whom the role allows", async () => {
  const editor = await editorsToken();
  const stages = [
    { size: { kind: "count", count: 1 }, bakeSeconds: 3_600, needsApproval: true },
    { size: all, bakeSeconds: 3_600 },
  ];
  const preview = await api.call("POST", "/rollouts/preview", { body: (({ message: _, ...rest }) => rest)(rollout(2, stages)) });
  expect(preview).toMatchObject({ status: 200, body: { problems: [], stageSizes: [1, SIZE], connected: SIZE } });
  const started = await api.call("POST", "/rollouts", { body: rollout(2, stages), token: editor });
  expect(started).toMatchObject({ status: 201, body: { number: 1 } });
  const path = "/rollouts/1";
  expect(started.headers.get("location")).toBe(`/api/v1${path}`);
  // Sent twice it starts once.
  expect(await api.call("POST", "/rollouts", { body: rollout(2, stages), token: editor })).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining("rollout 1") },
  });
  expect(await api.call("POST", `${path}/approve`, { token: editor })).toMatchObject({ status: 403, body: { detail: expect.stringContaining("approver") } });
  expect(await api.call("GET", path, { token: editor })).toMatchObject({
    status: 200,
    body: { phase: "approval", may: { approve: "this needs the role approver" } },
  });
  expect(await api.call("POST", `${path}/approve`)).toMatchObject({ status: 200, body: { number: 1 } });
  await reaches(path, { phase: "baking" });
  expect((await api.call("GET", `${path}/collectors?state=changed`)).body).toMatchObject({ total: 1, items: [{ state: "changed", stage: 0 }] });
  expect(await api.call("POST", `${path}/pause`, { body: { message: "lunch" }, token: editor })).toMatchObject({ status: 200 });
  expect(await api.call("POST", `${path}/pause`, { body: {} })).toMatchObject({ status: 409 });
  expect((await api.call("GET", path)).body).toMatchObject({ reason: { kind: "person", message: "lunch" } });
  expect(await api.call("POST", `${path}/resume`, { token: editor })).toMatchObject({ status: 403 });
  expect(await api.call("POST", `${path}/resume`)).toMatchObject({ status: 200 });
  expect(await api.call("POST", `${path}/promote`)).toMatchObject({ status: 200 });
  await waitFor("the last stage to bake", async () => {
    const { phase, changed } = (await api.call("GET", path)).body;
    return phase === "baking" && changed === SIZE;
  });
  await api.call("POST", `${path}/promote`);
  expect((await reaches(path, { phase: "completed" })).body).toMatchObject({ changed: SIZE, authorName: expect.stringContaining("Ada") });
  const first = await api.call("GET", `${path}/collectors?limit=2`);
  const second = await api.call("GET", `${path}/collectors?limit=2&cursor=${first.body.nextCursor}`);
  expect([...(first.body.items ?? []), ...(second.body.items ?? [])].map(({ name }) => name)).toEqual(["shop-0", "shop-1", "shop-2"]);
  expect(second.body.nextCursor).toBeNull();
});

it("one that is aborted goes back, and both are listed", async () => {
  const { body } = await api.call("POST", "/rollouts", { body: rollout(3, [{ size: all, bakeSeconds: 3_600 }]) });
  const path = `/rollouts/${body.number}`;
  await reaches(path, { phase: "baking" });
  expect((await api.call("GET", "/rollouts")).body).toMatchObject({ live: [{ number: body.number }], items: [{ number: 1 }] });
  expect(await api.call("POST", `${path}/abort`, { body: { message: "seen enough" } })).toMatchObject({ status: 200 });
  await reaches(path, { phase: "rolledBack" });
  const [newest, older] = [await api.call("GET", "/rollouts?limit=1"), await api.call("GET", "/rollouts?outcome=completed")];
  expect(newest.body).toMatchObject({ live: [], items: [{ number: body.number, phase: "rolledBack" }], nextCursor: expect.any(String) });
  expect((await api.call("GET", `/rollouts?limit=1&cursor=${newest.body.nextCursor}`)).body).toMatchObject({ items: [{ number: 1 }], nextCursor: null });
  expect(older.body.items).toMatchObject([{ number: 1 }]);
  expect(await api.call("GET", "/rollouts/99")).toMatchObject({ status: 404 });
  expect(await api.call("POST", "/rollouts/99/pause", { body: {} })).toMatchObject({ status: 404 });
  expect(await api.call("POST", "/rollouts", { body: rollout(3, []) })).toMatchObject({ status: 422, body: { errors: [{ path: "plan.stages" }] } });
});

it("a policy is tried beside the running one, read and stopped over the API", async () => {
  const over = { kind: "live", minutes: 5 };
  const where = { kind: "group", groupId };
  const wanted = { candidate: { kind: "version", policyId, version: 3 }, where, over };
  const started = await api.call("POST", "/comparisons", { body: wanted });
  expect(started.status).toBe(201);
  const path = `/comparisons/${started.body.id}`;
  expect(started.headers.get("location")).toBe(`/api/v1${path}`);
  expect(await api.call("GET", path)).toMatchObject({
    status: 200,
    body: { title: "shop v3", state: "running", policy: policy(1 / 3), summary: { figures: null } },
  });
  expect(await api.call("POST", "/comparisons", { body: wanted })).toMatchObject({ status: 409, body: { current: { id: started.body.id } } });
  expect(await api.call("POST", "/comparisons", { body: { ...wanted, candidate: { kind: "body", title: "draft", body: { tiers: [] } } } })).toMatchObject({
    status: 422,
  });
  expect(await api.call("POST", `${path}/stop`)).toMatchObject({ status: 200 });
  const replayed = await api.call("POST", "/comparisons", { body: { ...wanted, over: { kind: "recording", hours: 6 } } });
  expect(await api.call("GET", `/comparisons/${replayed.body.id}`)).toMatchObject({
    status: 200,
    body: { kind: "replay", backMs: 21_600_000, replay: { progress: 0, read: null }, forecast: null },
  });
  expect((await api.call("GET", "/comparisons")).body.items).toMatchObject([
    { id: replayed.body.id, kind: "replay" },
    { id: started.body.id, state: "stopped", collectors: SIZE },
  ]);
  expect(await api.call("GET", "/comparisons/none")).toMatchObject({ status: 404 });
  expect(server.process.output()).not.toContain("a request to the API failed");
});
