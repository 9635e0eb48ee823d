import { createTRPCClient, httpBatchLink, TRPCClientError } from "@trpc/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#server/db/embedded-postgres/embeddedPostgres.ts";
import { verifyAuditChain } from "#server/db/verifyAuditChain.ts";
import type { AppRouter } from "#server/trpc/appRouter.ts";
import { type Api, createOwner } from "../fixtures/api.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { type PostgresProxy, startPostgresProxy } from "../fixtures/postgresProxy.ts";
import { waitFor } from "../fixtures/waitFor.ts";
import { type ServerProcess, startServerProcess } from "./serverProcess.ts";

const SECRET = "the secret that both replicas of the test share";
const folder = `${temporaryFolder()}/data`;
let postgres: EmbeddedPostgres;
let proxy: PostgresProxy;
/** Of two replicas on one database; the first reaches it through the proxy. */
let servers: ServerProcess[];
let apis: Api["trpc"][];

beforeAll(async () => {
  postgres = await startEmbeddedPostgres(folder, () => {});
  proxy = await startPostgresProxy(postgres.url);
  const first = await startServerProcess({ env: { DATABASE_URL: proxy.url, HEADGATE_SECRET: SECRET } });
  servers = [first];
  const owner = await createOwner(first);
  servers.push(await startServerProcess({ env: { DATABASE_URL: postgres.url, HEADGATE_SECRET: SECRET } }));
  apis = servers.map(({ http }) =>
    createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${http}/trpc`, headers: { cookie: owner.cookie, origin: http } })] }),
  );
});
afterAll(async () => {
  await Promise.all(servers?.map((server) => server.remove()) ?? []);
  proxy?.close();
  await postgres?.stop(5_000);
});

const policy = (ratio: number) => ({
  scope: "span" as const,
  tiers: [{ name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio } }],
});
const save = (api: Api["trpc"], id: string, baseVersion: number, ratio: number, message: string) =>
  api.policies.saveVersion.mutate({ id, baseVersion, body: policy(ratio), message });
const codeOf = (error: unknown): string => (error instanceof TRPCClientError ? error.data?.code : String(error));

/** What the audit says was saved, by its messages. */
async function audited(id: string): Promise<unknown[]> {
  const { events } = await apis[1].audit.list.query({ filter: { entityId: id } });
  return events.filter((event) => event.action === "policy.saveVersion");
}

describe("a save whose transaction breaks off", () => {
  it("was carried out when only the answer was lost: the same save again gives its version, and another one is a conflict", async () => {
    const [through, direct] = apis;
    const { id } = await through.policies.create.mutate({ name: "answer lost", body: policy(1) });
    proxy.lose("answer", "DocumentVersion");
    await expect(save(through, id, 1, 0.5, "half")).rejects.toThrow("the database can't be reached");
    expect(proxy.lost()).toBe(1);
    expect(await save(direct, id, 1, 0.5, "half")).toEqual({ version: 2 });
    expect(await save(through, id, 1, 0.5, "half")).toEqual({ version: 2 });
    expect(codeOf(await save(through, id, 1, 0.25, "half").catch((error) => error))).toBe("CONFLICT");
    expect(codeOf(await save(through, id, 1, 0.5, "half, but for another reason").catch((error) => error))).toBe("CONFLICT");
    expect((await direct.policies.get.query({ id })).versions.map(({ number, message }) => [number, message])).toEqual([
      [2, "half"],
      [1, null],
    ]);
    expect(await audited(id)).toHaveLength(1);
    const listed = (await direct.policies.list.query()).find((policy) => policy.id === id);
    expect(listed?.lastChange).toEqual({ sentence: "default: keep 100% → 50%", more: 0 });
  });

  it("was not carried out when it was lost before: nothing is half there, and saving again works", async () => {
    const [through, direct] = apis;
    const { id } = await through.policies.create.mutate({ name: "commit lost", body: policy(1) });
    await through.drafts.save.mutate({ kind: "sampling", key: id, baseVersion: 1, name: null, body: policy(0.5), tab: "one" });
    proxy.lose("commit", "DocumentVersion");
    await expect(save(through, id, 1, 0.5, "half")).rejects.toThrow("the database can't be reached");
    expect((await direct.policies.get.query({ id })).currentVersion).toBe(1);
    expect(await direct.drafts.get.query({ kind: "sampling", key: id })).not.toBeNull();
    expect(await audited(id)).toEqual([]);
    expect(await save(through, id, 1, 0.5, "half")).toEqual({ version: 2 });
    expect(await direct.drafts.get.query({ kind: "sampling", key: id })).toBeNull();
    expect(await audited(id)).toHaveLength(1);
  });
});

describe("two replicas that save the same document at once", () => {
  it("let one through for each version, tell all others who it was, and lose nothing", async () => {
    const { id } = await apis[0].policies.create.mutate({ name: "contended", body: policy(1) });
    const WRITERS = 6;
    const SAVES = 4;
    let conflicts = 0;
    const saved: number[] = [];
    await Promise.all(
      Array.from({ length: WRITERS }, async (_, writer) => {
        const api = apis[writer % 2];
        for (let turn = 0; turn < SAVES; turn++) {
          for (let tries = 0; ; tries++) {
            if (tries > 200) throw new Error("never got through");
            const { currentVersion } = await api.policies.get.query({ id });
            const result = await save(api, id, currentVersion, (writer + 1) / 10, `${writer}/${turn}`).catch((error) => error);
            if ("version" in result) {
              saved.push(result.version);
              break;
            }
            expect(codeOf(result)).toBe("CONFLICT");
            conflicts++;
          }
        }
      }),
    );
    const { versions } = await apis[1].policies.get.query({ id });
    expect(saved.toSorted((a, b) => a - b)).toEqual(Array.from({ length: WRITERS * SAVES }, (_, index) => index + 2));
    expect(versions.map(({ message }) => message).filter(Boolean)).toHaveLength(WRITERS * SAVES);
    expect(new Set(versions.map(({ message }) => message)).size).toBe(WRITERS * SAVES + 1);
    expect(conflicts).toBeGreaterThan(0);
    expect((await audited(id)).length).toBe(WRITERS * SAVES);
  });
});

it("every save is there once, although the database is restarted again and again meanwhile", async () => {
  const { id } = await apis[1].policies.create.mutate({ name: "restarted", body: policy(1) });
  let done = false;
  const restarts = (async () => {
    for (let count = 0; count < 3; count++) {
      await postgres.stop(5_000);
      postgres = await startEmbeddedPostgres(folder, () => {});
      await waitFor("the database to be reached again", async () => (await fetch(`${servers[1].http}/readyz`)).status === 200);
    }
    done = true;
  })();
  let refused = 0;
  let version = 1;
  for (let turn = 0; !done || turn < 20; turn++) {
    if (turn > 20_000) throw new Error("the database never came back");
    const message = `save ${turn}`;
    const saved = await waitFor("a save", async () => {
      try {
        return await save(apis[1], id, version, 0.5, message);
      } catch (error) {
        if (!String(error).includes("the database can't be reached")) throw error;
        refused++;
        return undefined;
      }
    });
    expect(saved.version).toBe(++version);
  }
  await restarts;
  const { versions } = await apis[1].policies.get.query({ id });
  expect(versions).toHaveLength(version);
  expect(versions[0]).toMatchObject({ number: version });
  expect(refused).toBeGreaterThan(0);
  expect(await verifyAuditChain(postgres.url)).toMatchObject({ broken: null });
});
