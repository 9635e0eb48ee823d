import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createTRPCClient, httpBatchLink, TRPCClientError } from "@trpc/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LiveEvent } from "#domain/telemetry/live.ts";
import { isAlive } from "#server/db/embedded-postgres/postmasterFile.ts";
import type { AppRouter } from "#server/trpc/appRouter.ts";
import { type Api, createOwner, signIn } from "../fixtures/api.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { waitFor } from "../fixtures/waitFor.ts";
import { enrol, measurement, runServer, type ServerProcess, startServerProcess } from "./serverProcess.ts";

const DISCARD = { kind: "discard" } as const;
const localToken = (server: ServerProcess) => readFileSync(join(server.dataDir, "local-enrolment-token"), "utf8").trim();

async function appCodeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "none";
  } catch (error) {
    return error instanceof TRPCClientError ? String(error.data?.appCode) : String(error);
  }
}

describe("when Postgres goes away", () => {
  let server: ServerProcess;
  let api: Api;
  beforeAll(async () => {
    server = await startServerProcess();
    api = await createOwner(server);
  });
  afterAll(() => server?.remove());

  it("says so, goes on with live data, and recovers without a restart, losing no report", async () => {
    const collector = await enrol(server.fleet, localToken(server), { name: "stays" });
    const stream = collector.connect();
    const config = await stream.next("the configuration", (message) => message.config);
    const events: LiveEvent[] = [];
    const unsubscribe = api.subscribe([{ kind: "fleet" }], (event) => events.push(event));
    await waitFor("the first event", () => events.length > 0);

    process.kill(server.postgresPid(), "SIGKILL");
    await waitFor("the health event", () => events.some((event) => event.kind === "health" && event.database === "down"));
    const codes = new Set<string>();
    stream.send({ configReport: { state: 2, revision: config.revision, hash: config.hash, tookMs: 5 } });
    const processStartMs = Math.floor(Date.now() / 1_000) * 1_000 - 1_000;
    let second = 0;
    const pulse = setInterval(() => {
      second++;
      stream.send({
        measurements: { nowMs: Date.now(), items: [measurement({ atMs: processStartMs + second * 1_000, processStartMs, received: second * 100 })] },
      });
    }, 1_000);
    await waitFor(
      "recovery",
      async () => {
        codes.add(await appCodeOf(api.trpc.policies.list.query()));
        return events.findLast((event) => event.kind === "health")?.database === "up";
      },
      { everyMs: 20 },
    );
    expect([...codes]).toContain("UNAVAILABLE");
    expect([...codes].filter((code) => code !== "UNAVAILABLE" && code !== "none")).toEqual([]);
    await waitFor("live data", () => events.some((event) => event.kind === "fleet"));
    clearInterval(pulse);
    expect(await api.trpc.policies.list.query()).toHaveLength(1);
    await waitFor("the report that came meanwhile", async () => (await api.trpc.fleet.get.query({ id: collector.collectorId })).reports.length === 1);
    // Changes are heard again as well.
    const { id } = await api.trpc.destinations.create.mutate({ name: "after the outage", body: DISCARD });
    await api.trpc.revisions.start.mutate({ kind: "destination", id, version: 1 });
    await stream.next("the new configuration", (message) => message.config?.revision === 2);
    expect((await fetch(`${server.http}/readyz`)).status).toBe(200);
    unsubscribe();
    stream.cancel();
    collector.close();
  });
});

describe("when the control plane is killed", () => {
  it("finds everything again at the next start, adopts its Postgres, and collectors keep their credentials", async () => {
    const first = await startServerProcess();
    const api = await createOwner(first);
    const collector = await enrol(first.fleet, localToken(first), { name: "keeps its credential" });
    const saved: string[] = [];
    for (let i = 0; i < 5; i++) saved.push((await api.trpc.destinations.create.mutate({ name: `saved ${i}`, body: DISCARD })).id);
    await api.trpc.revisions.start.mutate({ kind: "destination", id: saved[4], version: 1 });
    const postgresPid = first.postgresPid();
    first.process.kill("SIGKILL");
    await first.process.ended;
    collector.close();

    const second = await startServerProcess({ dataDir: first.dataDir, env: { HEADGATE_FLEET_PORT: new URL(first.fleet).port } });
    expect(second.postgresPid()).toBe(postgresPid);
    expect(second.setupUrl).toBeNull();
    const again = await signIn(second.http);
    expect((await again.trpc.destinations.list.query()).map((item) => item.id)).toEqual(expect.arrayContaining(saved));
    expect(await again.trpc.revisions.current.query()).toMatchObject({ revision: 2, destination: { name: "saved 4" } });
    // The session from before is still good.
    const before = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${second.http}/trpc`, headers: { cookie: api.cookie } })] });
    expect(await before.session.me.query()).toMatchObject({ role: "admin" });
    const started = performance.now();
    expect(await second.process.stop(10_000)).toEqual({ code: 0, signal: null });
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(isAlive(postgresPid)).toBe(false);
    await second.remove();
  });

  it("says goodbye to collectors and ends live streams when it is stopped in order", async () => {
    const server = await startServerProcess();
    const api = await createOwner(server);
    const collector = await enrol(server.fleet, localToken(server));
    const stream = collector.connect();
    await stream.next("the welcome", (message) => message.welcome);
    const response = await fetch(`${server.http}/trpc/live.events?input=${encodeURIComponent(JSON.stringify({ topics: [{ kind: "fleet" }] }))}`, {
      headers: { cookie: api.cookie, accept: "text/event-stream" },
    });
    const ended = response.text().catch(() => "ended");
    const stopped = server.process.stop(10_000);
    const goodbye = await stream.next("the goodbye", (message) => message.goodbye);
    expect(goodbye.reconnectAfterMs).toBeGreaterThan(0);
    await ended;
    expect(await stopped).toEqual({ code: 0, signal: null });
    collector.close();
    await server.remove();
  });
});

describe("what stands in the way of starting", () => {
  const port = () =>
    new Promise<{ number: number; close: () => void }>((resolve) => {
      const holder = createServer().listen(0, "127.0.0.1", () => {
        const address = holder.address();
        resolve({ number: typeof address === "object" && address ? address.port : 0, close: () => holder.close() });
      });
    });

  async function refused(env: Record<string, string>, flags: string[] = []) {
    const running = runServer(
      { HEADGATE_DATA_DIR: join(temporaryFolder(), "data"), HEADGATE_HTTP_PORT: "0", HEADGATE_FLEET_PORT: "0", HEADGATE_LOG_LEVEL: "error", ...env },
      flags,
    );
    const { code } = await running.ended;
    const lines = running.output().trim().split("\n");
    expect(lines).toHaveLength(1);
    expect(code).toBe(2);
    return lines[0];
  }

  it("is said in one line with exit code 2: ports, settings, flags, the database", async () => {
    const taken = await port();
    expect(await refused({ HEADGATE_HTTP_PORT: String(taken.number) })).toBe(
      `port ${taken.number} on 127.0.0.1 is in use; stop what uses it, or set HEADGATE_HTTP_PORT to another port (0 takes any free one)`,
    );
    expect(await refused({ HEADGATE_FLEET_PORT: String(taken.number) })).toContain("HEADGATE_FLEET_PORT");
    taken.close();
    expect(await refused({ HEADGATE_HTTP_PORT: "99999" })).toBe('HEADGATE_HTTP_PORT must be a port number between 0 and 65535, got "99999"');
    expect(await refused({ HEADGATE_SPEED: "1" })).toContain("HEADGATE_SPEED is not a variable");
    expect(await refused({}, ["--fast"])).toContain("--fast");
    const free = await port();
    free.close();
    const unreachable = await refused({ DATABASE_URL: `postgresql://someone:hunter2@127.0.0.1:${free.number}/headgate` });
    expect(unreachable).toContain(`the database 127.0.0.1:${free.number}/headgate can't be used`);
    expect(unreachable).not.toContain("hunter2");
  });

  it("includes another control plane on the same data folder", async () => {
    const server = await startServerProcess();
    expect(await refused({ HEADGATE_DATA_DIR: server.dataDir })).toContain(`another control plane (process ${server.process.pid}) uses the data folder`);
    await server.remove();
  });
});
