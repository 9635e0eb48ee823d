import { readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Profile } from "pprof-format";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTraffic } from "#traffic/createTraffic.ts";
import { type Running, run } from "../fixtures/childProcess.ts";
import { cleanEnvironment, temporaryFolder } from "../fixtures/environment.ts";
import { connectGrpc } from "../fixtures/grpcCall.ts";
import { type CollectorRun, startCollector } from "../fixtures/managedCollector.ts";
import { waitFor } from "../fixtures/waitFor.ts";

const MAIN = join(import.meta.dirname, "..", "..", "collector", "main.ts");

let folder: string;
const stops: (() => unknown)[] = [];
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(workers: number): Promise<CollectorRun> {
  const collector = await startCollector(folder, { config: { workers, export: { kind: "discard" } } });
  stops.push(() => collector.process.stop());
  return collector;
}

/** Requests one after the other until the test ends. */
function keepBusy({ otlpGrpc }: CollectorRun): void {
  const connections = Array.from({ length: 4 }, () => connectGrpc(otlpGrpc));
  let busy = true;
  stops.push(async () => {
    busy = false;
    await Promise.all(sending);
    for (const connection of connections) connection.close();
  });
  const sending = connections.map(async (connection, seed) => {
    const request = createTraffic({ seed, now: Date.now }).nextRequest(512);
    while (busy) await connection.call(request);
  });
}

const ask = (collector: CollectorRun, path: string, signal?: AbortSignal) => fetch(`http://127.0.0.1:${collector.metricsPort}${path}`, { signal });

function read(bytes: Uint8Array) {
  const profile = Profile.decode(gunzipSync(bytes));
  const { strings } = profile.stringTable;
  const threads = new Set(profile.sample.flatMap(({ label }) => label.map(({ str }) => strings[Number(str)])));
  return { functions: profile.function.map(({ name }) => strings[Number(name)]), threads: [...threads].sort() };
}

function command(collector: CollectorRun, ...args: string[]): Running {
  return run(process.execPath, [MAIN, ...args], { env: cleanEnvironment({ HEADGATE_DATA_DIR: folder, HEADGATE_METRICS_PORT: String(collector.metricsPort) }) });
}

describe("a collector that profiles itself", () => {
  it("says over its metrics port where its CPU time goes, and what it holds", async () => {
    const collector = await start(1);
    keepBusy(collector);
    const cpu = await ask(collector, "/debug/pprof/profile?seconds=3");
    expect(cpu.status).toBe(200);
    const { functions, threads } = read(new Uint8Array(await cpu.arrayBuffer()));
    expect(functions).toContain("scanTraces");
    expect(threads).toEqual(["main"]);
    const heap = await ask(collector, "/debug/pprof/heap?seconds=1");
    expect(read(new Uint8Array(await heap.arrayBuffer())).threads).toEqual(["main"]);
    expect((await collector.metrics()).get("headgate_profiles_recorded_total")).toBe(2);
  });

  it("with several threads profiles all of them for the same seconds", async () => {
    const collector = await start(2);
    keepBusy(collector);
    const { functions, threads } = read(new Uint8Array(await (await ask(collector, "/debug/pprof/profile?seconds=4")).arrayBuffer()));
    expect(functions).toContain("scanTraces");
    expect(threads).toEqual(["main", "worker-0", "worker-1"]);
  });

  it.each([1, 2])("with %i threads records one at a time, and the next as soon as whoever asked has gone", async (workers) => {
    const collector = await start(workers);
    const gone = new AbortController();
    // Of two, the one that comes second is answered first.
    const both = [1, 2].map(() => ask(collector, "/debug/pprof/profile?seconds=60", gone.signal));
    const refused = await Promise.race(both);
    expect([refused.status, await refused.text()]).toEqual([409, "a profile is being recorded already; wait for it to end\n"]);
    gone.abort();
    await Promise.allSettled(both);
    const next = await waitFor("the next one", async () => {
      const answer = await ask(collector, "/debug/pprof/profile?seconds=1");
      return answer.status === 200 && answer;
    });
    expect(read(new Uint8Array(await next.arrayBuffer())).threads.length).toBeGreaterThan(0);
    expect((await collector.metrics()).get("headgate_profiles_refused_total")).toBeGreaterThanOrEqual(1);
  });

  it("refuses a length that is none, with what to ask for", async () => {
    const collector = await start(1);
    for (const seconds of ["0", "61", "1.5", "soon", ""]) {
      const answer = await ask(collector, `/debug/pprof/profile?seconds=${seconds}`);
      expect([answer.status, await answer.text()]).toEqual([400, "seconds must be a whole number of seconds from 1 to 60\n"]);
    }
  });

  it("records nothing for a page of another site, nor for anyone where that is switched off", async () => {
    const collector = await startCollector(folder, { config: { export: { kind: "discard" } }, env: { HEADGATE_PPROF: "nobody" } });
    stops.push(() => collector.process.stop());
    const refused = await ask(collector, "/debug/pprof/profile?seconds=1");
    expect([refused.status, await refused.text()]).toEqual([403, "profiles are switched off here; HEADGATE_PPROF=loopback switches them on\n"]);
    await collector.process.stop();
    const other = await start(1);
    const url = `http://127.0.0.1:${other.metricsPort}/debug/pprof/heap?seconds=1`;
    const status = await new Promise((resolve) =>
      request(url, { headers: { "sec-fetch-site": "cross-site" } }, (answer) => resolve(answer.resume().statusCode)).end(),
    );
    expect(status).toBe(403);
  });

  it("is recorded and written by the command, which prints what took most", async () => {
    const collector = await start(1);
    keepBusy(collector);
    const file = join(folder, "cpu.pb.gz");
    const done = command(collector, "profile", "cpu", "--seconds", "3", "--out", file);
    expect(await done.ended).toMatchObject({ code: 0 });
    expect(done.output()).toContain("go tool pprof");
    expect(read(readFileSync(file)).functions).toContain("scanTraces");
    const nowhere = command(collector, "profile", "heap", "--seconds", "1", "--out", join(folder, "no", "such", "folder"));
    expect(await nowhere.ended).toMatchObject({ code: 2 });
    expect(nowhere.output()).toContain("can't write the profile to");
  });
});
