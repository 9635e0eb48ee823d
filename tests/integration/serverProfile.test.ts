import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { createTRPCClient, httpBatchLink } from "@trpc/client";
import { Profile } from "pprof-format";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { AppRouter } from "#server/trpc/appRouter.ts";
import { type Api, createOwner, signIn } from "../fixtures/api.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { startCollector } from "../fixtures/managedCollector.ts";
import { waitFor } from "../fixtures/waitFor.ts";
import { type ConnectedCollector, enrol, type ServerProcess, startServerProcess } from "./serverProcess.ts";

const CAN_PROFILE = { capabilities: ["config", "measurements", "profile"] };

let server: ServerProcess;
let api: Api;
let token: string;
const open: (() => unknown)[] = [];

beforeAll(async () => {
  server = await startServerProcess();
  api = await createOwner(server);
  token = readFileSync(join(server.dataDir, "local-enrolment-token"), "utf8").trim();
});
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});
afterAll(() => server?.remove());

async function connected(hello: Parameters<Awaited<ReturnType<typeof enrol>>["connect"]>[0] = CAN_PROFILE) {
  const collector = await enrol(server.fleet, token, { name: "made up/1", instanceUid: randomUUID() });
  const stream = collector.connect(hello);
  open.push(() => {
    stream.cancel();
    collector.close();
  });
  await stream.next("the welcome", (message) => message.welcome);
  return { id: collector.collectorId, stream };
}

const asked = (stream: ConnectedCollector) => stream.next("the command", (message) => message.command?.recordProfile && message.command);
const record = (id: string, seconds = 1, signal?: AbortSignal) => api.trpc.fleet.recordProfile.mutate({ id, kind: "cpu", seconds }, { signal });

describe("a profile of a collector", () => {
  it("is put together from its pieces, and named after the collector, the kind and the time", async () => {
    const { id, stream } = await connected();
    const bytes = gzipSync(Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * at) % 251)));
    const recorded = record(id, 7);
    const { commandId, recordProfile } = await asked(stream);
    expect(recordProfile).toMatchObject({ kind: "cpu", seconds: 7 });
    for (let at = 0; at < bytes.length; at += 100) stream.send({ commandChunk: { commandId, data: bytes.subarray(at, at + 100) } });
    stream.send({ commandChunk: { commandId: "never given", data: bytes } });
    stream.send({ commandResult: { commandId, ok: true, tookMs: 1 } });
    const { fileName, contentBase64, bytes: length } = await recorded;
    expect(Buffer.from(contentBase64, "base64").equals(bytes)).toBe(true);
    expect(length).toBe(bytes.length);
    expect(fileName).toMatch(/^made-up-1-cpu-\d{8}T\d{6}\.pb\.gz$/);
  });

  it("is told to be missing with the reason: refused, too large, no profile, gone, too old", async () => {
    const refusing = await connected();
    const refused = record(refusing.id);
    refusing.stream.send({ commandResult: { commandId: (await asked(refusing.stream)).commandId, ok: false, message: "one is being recorded already" } });
    await expect(refused).rejects.toMatchObject({ message: "made up/1 recorded no profile: one is being recorded already", data: { appCode: "UNAVAILABLE" } });

    const large = await connected();
    const tooLarge = record(large.id);
    const { commandId } = await asked(large.stream);
    for (let piece = 0; piece < 65; piece++) large.stream.send({ commandChunk: { commandId, data: new Uint8Array(65_536) } });
    await expect(tooLarge).rejects.toThrow("its profile is larger than the 4194304 bytes allowed");

    const garbled = await connected();
    const noProfile = record(garbled.id);
    const command = await asked(garbled.stream);
    garbled.stream.send({ commandChunk: { commandId: command.commandId, data: Buffer.from("<html>") } });
    garbled.stream.send({ commandResult: { commandId: command.commandId, ok: true } });
    await expect(noProfile).rejects.toThrow("sent something that is no profile");

    const leaving = await connected();
    const left = record(leaving.id);
    await asked(leaving.stream);
    leaving.stream.cancel();
    await expect(left).rejects.toThrow("the collector disconnected before it answered");
    await expect(record(leaving.id)).rejects.toThrow("it is not connected to this process of the control plane");

    const old = await connected({ capabilities: [] });
    await expect(record(old.id)).rejects.toThrow("it is of a version that can't profile itself; update it");
  });

  it("is given up at the collector when whoever wanted it goes away", async () => {
    const { id, stream } = await connected();
    const gone = new AbortController();
    const recorded = record(id, 60, gone.signal).catch(() => undefined);
    const { commandId } = await asked(stream);
    gone.abort();
    await recorded;
    expect(await stream.next("that it is given up", (message) => message.command?.cancel)).toMatchObject({ commandId });
  });

  it("is refused for a length that is none, for a collector that is not there, and for nobody", async () => {
    const { id } = await connected();
    await expect(record(id, 61)).rejects.toThrow("seconds: must be a whole number of seconds from 1 to 60, got 61");
    await expect(record("nowhere")).rejects.toThrow("there is no such collector");
    const nobody = createTRPCClient<AppRouter>({ links: [httpBatchLink({ url: `${server.http}/trpc`, headers: { origin: server.http } })] });
    await expect(nobody.fleet.recordProfile.mutate({ id, kind: "cpu", seconds: 1 })).rejects.toThrow("sign in first");
  });

  it("of a real collector with two threads is pprof of all of them; its runtime is told with its row", async () => {
    const folder = temporaryFolder();
    const collector = await startCollector(folder, {
      config: { workers: 2, export: { kind: "discard" } },
      env: { HEADGATE_FLEET_URL: server.fleet, HEADGATE_ENROLMENT_TOKEN: token, HEADGATE_NAME: "real one" },
    });
    open.push(() => collector.process.stop());
    const row = await waitFor("its row with figures", async () =>
      (await api.trpc.fleet.list.query()).find(({ name, runtime }) => name === "real one" && runtime !== null),
    );
    expect(row.runtime?.heapUsedBytes).toBeGreaterThan(1_000_000);
    expect(row.runtime?.heapTotalBytes).toBeGreaterThan(row.runtime?.heapUsedBytes ?? 0);
    expect(row.runtime?.threads ?? 10).toBeGreaterThan(2);
    expect(row.runtime?.openFiles ?? 10).toBeGreaterThan(5);
    const { contentBase64, fileName } = await api.trpc.fleet.recordProfile.mutate({ id: row.id, kind: "heap", seconds: 1 });
    expect(fileName).toContain("real-one-heap-");
    const { stringTable } = Profile.decode(gunzipSync(Buffer.from(contentBase64, "base64")));
    expect(stringTable.strings).toContain("space");
    const cpu = await api.trpc.fleet.recordProfile.mutate({ id: row.id, kind: "cpu", seconds: 2 });
    const { strings } = Profile.decode(gunzipSync(Buffer.from(cpu.contentBase64, "base64"))).stringTable;
    expect(strings).toEqual(expect.arrayContaining(["nanoseconds", "thread", "main"]));
    // Given up, it is free for the next one at once.
    const gone = new AbortController();
    // Of two, the one that comes second is refused at once. Two clients, as one would put both into one request.
    const two = [api, await signIn(server.http)].map(({ trpc }) =>
      trpc.fleet.recordProfile.mutate({ id: row.id, kind: "cpu", seconds: 60 }, { signal: gone.signal }),
    );
    await expect(Promise.race(two)).rejects.toThrow("real one recorded no profile: a profile is being recorded already");
    gone.abort();
    await Promise.allSettled(two);
    await waitFor("another profile", () => record(row.id).catch(() => undefined));
  }, 180_000);
});
