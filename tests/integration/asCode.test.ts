import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Api, createOwner } from "../fixtures/api.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { headgateCommand } from "../fixtures/headgateCommand.ts";
import { createToken } from "../fixtures/publicApi.ts";
import { type ServerProcess, startServerProcess } from "./serverProcess.ts";

type Side = { server: ServerProcess; owner: Api; token: string };

const policy = (ratio: number) => ({
  scope: "span" as const,
  tiers: [{ name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio } }],
});

let one: Side;
let other: Side;
const folders: string[] = [];
beforeAll(async () => {
  one = await start();
  other = await start();
}, 240_000);
afterAll(async () => {
  await Promise.all([one?.server.remove(), other?.server.remove()]);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<Side> {
  const server = await startServerProcess();
  const owner = await createOwner(server);
  return { server, owner, token: await createToken(owner, ["read", "documents:write", "apply"], "as code") };
}

function folder(): string {
  const made = temporaryFolder();
  folders.push(made);
  return made;
}

const headgate = ({ server, token }: Side, args: string[], env: Record<string, string> = {}) =>
  headgateCommand(args, { HEADGATE_URL: server.http, HEADGATE_TOKEN: token, ...env });

/** Path and text of every file but the lock. */
function contentOf(dir: string): Record<string, string> {
  const paths = readdirSync(dir, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".yaml"));
  return Object.fromEntries(paths.sort().map((path) => [path, readFileSync(join(dir, path), "utf8")]));
}

function write(dir: string, path: string, text: string): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), text);
}

it("takes what one server has to another, where an export then says the same", async () => {
  const { trpc } = one.owner;
  const { id } = await trpc.policies.create.mutate({ name: "Check-out: 5%", body: policy(0.05) });
  await trpc.policies.saveVersion.mutate({ id, baseVersion: 1, body: policy(0.25), message: "more" });
  const body = {
    kind: "otlp",
    protocol: "grpc",
    endpoint: "http://127.0.0.1:9",
    compression: "gzip",
    headers: [{ name: "x-api-key", value: "hush" }],
  } as const;
  await trpc.destinations.create.mutate({ name: "backend", body: { ...body, headers: [...body.headers] } });
  await trpc.revisions.start.mutate({ kind: "policy", id, version: 2 });
  const dir = folder();
  expect(await headgate(one, ["export", dir])).toMatchObject({ code: 0, output: expect.stringContaining("running.yaml: new") });
  expect(JSON.stringify(contentOf(dir))).not.toContain("hush");
  expect(await headgate(one, ["plan", dir])).toMatchObject({ code: 0, output: expect.stringContaining("Nothing to do") });

  const missing = await headgate(other, ["plan", dir]);
  expect(missing.code).toBe(1);
  expect(missing.output).toContain("destinations/backend.yaml: body.headers.x-api-key: the variable BACKEND_X_API_KEY is not set");
  const secret = { BACKEND_X_API_KEY: "hush" };
  const planned = await headgate(other, ["plan", dir], secret);
  expect(planned.code).toBe(2);
  expect(planned.output).toContain("collectors: keep everything v1 → Check-out: 5%, the version that this saves\n    default: keep 100% → 25%");
  expect(planned.output).not.toContain("hush");
  expect(await headgate(other, ["apply", dir], secret)).toMatchObject({ code: 1, output: expect.stringContaining("say --yes") });
  expect((await headgate(other, ["plan", dir], secret)).code).toBe(2);

  expect(await headgate(other, ["apply", dir, "--yes", "--message", "from staging"], secret)).toMatchObject({ code: 0 });
  expect(await headgate(other, ["plan", dir])).toMatchObject({ code: 0 });
  expect(await headgate(other, ["apply", dir, "--yes"])).toMatchObject({ code: 0, output: expect.stringContaining("Nothing to do") });
  const copy = folder();
  await headgate(other, ["export", copy]);
  expect(contentOf(copy)).toEqual(contentOf(dir));
  const [saved] = (await other.owner.trpc.policies.list.query()).filter(({ name }) => name === "Check-out: 5%");
  expect(saved).toMatchObject({ runningVersion: 1 });
  expect((await other.owner.trpc.policies.get.query({ id: saved.id })).versions).toMatchObject([
    { message: "from staging", authorName: expect.stringContaining("as code") },
  ]);
});

it("applies nothing over what was changed on the server meanwhile, unless it is told to", async () => {
  const dir = folder();
  const { id } = await one.owner.trpc.policies.create.mutate({ name: "drifting", body: policy(0.5) });
  await headgate(one, ["export", dir]);
  await one.owner.trpc.policies.saveVersion.mutate({ id, baseVersion: 1, body: policy(0.1) });
  const planned = await headgate(one, ["plan", dir]);
  expect(planned.code).toBe(2);
  expect(planned.output).toContain("! policies/drifting.yaml\n    Olga Owner saved version 2 on the server");
  expect(await headgate(one, ["apply", dir, "--yes"])).toMatchObject({ code: 1, output: expect.stringContaining("nothing was applied") });
  expect(await one.owner.trpc.policies.get.query({ id })).toMatchObject({ currentVersion: 2 });
  expect(await headgate(one, ["apply", dir, "--yes", "--overwrite"])).toMatchObject({ code: 0 });
  expect(await one.owner.trpc.policies.get.query({ id })).toMatchObject({ currentVersion: 3, body: policy(0.5) });

  await one.owner.trpc.policies.saveVersion.mutate({ id, baseVersion: 3, body: policy(0.2) });
  expect(await headgate(one, ["export", dir])).toMatchObject({ code: 0, output: expect.stringContaining("policies/drifting.yaml: version 4") });
  expect(await headgate(one, ["plan", dir])).toMatchObject({ code: 0 });
});

it("checks every file before it writes anything, and names the file, the line and the place", async () => {
  const dir = folder();
  write(dir, "good.yaml", "kind: policy\nname: never made\nbody: {}\n");
  write(dir, "bad.yaml", "kind: policy\nname: bad\nbody:\n  tiers:\n    - { name: default, condition: { kind: always }, keep: { kind: ratio, ratio: 50 } }\n");
  const applied = await headgate(one, ["apply", dir, "--yes"]);
  expect(applied).toMatchObject({ code: 1, output: expect.stringMatching(/^bad\.yaml:5: body\.tiers\[0\]\.keep\.ratio: must be between 0 and 1, got 50/) });
  expect((await one.owner.trpc.policies.list.query()).map(({ name }) => name)).not.toContain("never made");
});

it("stops at the first thing that is refused, and says what was done and what was not", async () => {
  const dir = folder();
  write(dir, "policy.yaml", "kind: policy\nname: half done\nbody: {}\n");
  write(dir, "running.yaml", "kind: running\nruns: { policy: half done }\n");
  const token = await createToken(one.owner, ["read", "documents:write"], "may not apply");
  const applied = await headgate({ ...one, token }, ["apply", dir, "--yes"]);
  expect(applied.code).toBe(1);
  expect(applied.output).toContain("stopped at run policy half done: this token lacks the scope apply");
  expect(applied.output).toContain("done: policy half done (policy.yaml)\n  not done: run policy half done");
  expect(await headgate(one, ["apply", dir, "--yes"])).toMatchObject({ code: 0, output: expect.stringContaining("applied as revision") });
});

it("archives what the folder has not when it is told to, and says everything as JSON", async () => {
  const dir = folder();
  await headgate(one, ["export", dir]);
  await one.owner.trpc.policies.create.mutate({ name: "left over", body: policy(1) });
  const left = await headgate(one, ["plan", dir, "--json"]);
  expect(left.code).toBe(0);
  expect(JSON.parse(left.output)).toMatchObject({ changes: [], leftAlone: [{ kind: "policy", name: "left over" }] });
  const planned = await headgate(one, ["plan", dir, "--prune", "--json"]);
  expect(planned.code).toBe(2);
  expect(JSON.parse(planned.output)).toMatchObject({ changes: [{ action: "archive", kind: "policy", name: "left over" }] });
  expect(await headgate(one, ["apply", dir, "--prune", "--yes"])).toMatchObject({ code: 0 });
  expect((await one.owner.trpc.policies.list.query({ archived: true })).map(({ name }) => name)).toContain("left over");
});

it("says what is wrong with how it was called, with the token, and with the address", async () => {
  const dir = folder();
  expect(await headgate(one, ["plan"])).toMatchObject({ code: 1, output: expect.stringContaining("plan needs a folder") });
  expect(await headgate(one, ["plan", dir, "--yes"])).toMatchObject({ code: 1, output: expect.stringContaining("plan takes no --yes") });
  expect(await headgate(one, ["plan", join(dir, "nowhere")])).toMatchObject({ code: 1, output: expect.stringContaining("there is no folder") });
  expect(await headgate(one, ["plan", dir], { HEADGATE_TOKEN: "" })).toMatchObject({ code: 1, output: expect.stringContaining("set HEADGATE_TOKEN") });
  expect(await headgate(one, ["plan", dir], { HEADGATE_TOKEN: "hg_x" })).toMatchObject({
    code: 1,
    output: expect.stringContaining("no API token of Headgate"),
  });
  expect(await headgate(one, ["plan", dir, "--url", "http://127.0.0.1:1"])).toMatchObject({
    code: 1,
    output: expect.stringContaining("http://127.0.0.1:1 can't be reached"),
  });
});
