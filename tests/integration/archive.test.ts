import { TRPCClientError } from "@trpc/client";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Api, createOwner } from "../fixtures/api.ts";
import { type ServerProcess, startServerProcess } from "./serverProcess.ts";

const policy = (ratio: number) => ({
  scope: "span" as const,
  tiers: [{ name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio } }],
});

let server: ServerProcess;
let api: Api;
beforeAll(async () => {
  server = await startServerProcess();
  api = await createOwner(server);
});
afterAll(() => server?.remove());

async function refusal(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => null,
    (thrown) => thrown,
  );
  if (!(error instanceof TRPCClientError)) throw new Error("the call was not refused");
  return error.message;
}
const names = async (archived: boolean) => (await api.trpc.policies.list.query({ archived })).map(({ name }) => name);

it("takes a document out of the list, keeps everything of it, and brings it back", async () => {
  const { id } = await api.trpc.policies.create.mutate({ name: "old one", body: policy(0.5) });
  await api.trpc.policies.archive.mutate({ id });
  await api.trpc.policies.archive.mutate({ id });
  expect(await names(false)).not.toContain("old one");
  expect(await names(true)).toEqual(["old one"]);
  expect(await api.trpc.policies.get.query({ id })).toMatchObject({ body: policy(0.5), archivedAtMs: expect.any(Number) });
  expect(await refusal(api.trpc.policies.saveVersion.mutate({ id, baseVersion: 1, body: policy(0.4) }))).toBe("old one is archived; restore it first");
  expect(await refusal(api.trpc.revisions.start.mutate({ kind: "policy", id, version: 1 }))).toBe("old one is archived; restore it first");
  expect(await refusal(api.trpc.policies.create.mutate({ name: "old one", body: policy(1) }))).toContain("among the archived ones");
  await api.trpc.policies.restore.mutate({ id });
  expect(await names(true)).toEqual([]);
  expect(await api.trpc.policies.get.query({ id })).toMatchObject({ archivedAtMs: null });
  expect(await api.trpc.policies.saveVersion.mutate({ id, baseVersion: 1, body: policy(0.4) })).toEqual({ version: 2 });
});

it("refuses to archive what runs, and says where it does", async () => {
  const [running] = (await api.trpc.policies.list.query()).filter(({ isRunning }) => isRunning);
  expect(await refusal(api.trpc.policies.archive.mutate({ id: running.id }))).toMatch(
    new RegExp(`^${running.name} can't be archived: v1 runs, in revision 1\\. Apply another sampling policy first`),
  );
  const { id } = await api.trpc.policies.create.mutate({ name: "next", body: policy(0.5) });
  const results = await Promise.allSettled([api.trpc.policies.archive.mutate({ id }), api.trpc.revisions.start.mutate({ kind: "policy", id, version: 1 })]);
  expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
});

it("copies the current version under a name that is free, secrets included and never shown", async () => {
  const body = {
    kind: "otlp" as const,
    protocol: "grpc" as const,
    endpoint: "http://127.0.0.1:9",
    compression: "none" as const,
    headers: [{ name: "x-api-key", value: "hush" }],
  };
  const { id } = await api.trpc.destinations.create.mutate({ name: "backend", body });
  const first = await api.trpc.destinations.duplicate.mutate({ id });
  const second = await api.trpc.destinations.duplicate.mutate({ id });
  expect([first.name, second.name]).toEqual(["backend copy", "backend copy 2"]);
  const copy = await api.trpc.destinations.get.query({ id: first.id });
  expect(copy).toMatchObject({ currentVersion: 1, versions: [{ message: "Copy of backend v1" }], body: { headers: [{ name: "x-api-key", isSet: true }] } });
  expect(JSON.stringify(copy)).not.toContain("hush");
});
