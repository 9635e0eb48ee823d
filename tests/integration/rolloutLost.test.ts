import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Api, createOwner } from "../fixtures/api.ts";
import { type SimulatedCollector, simulateCollector } from "../fixtures/simulatedCollector.ts";
import { waitFor } from "../fixtures/waitFor.ts";
import { type ServerProcess, startServerProcess } from "./serverProcess.ts";

const policy = (ratio: number) => ({
  scope: "span" as const,
  tiers: [{ name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio } }],
});

let server: ServerProcess;
let owner: Api;
const collectors: SimulatedCollector[] = [];

beforeAll(async () => {
  server = await startServerProcess();
  owner = await createOwner(server);
});
afterAll(async () => {
  for (const collector of collectors) collector.stop();
  await server?.remove();
});

it("says in which windows and of whom it is not known what was lost, and that all is known once counters have told of a silence", async () => {
  const { id: groupId } = await owner.trpc.groups.create.mutate({ name: "shops", selector: "t=shops", confirmed: true });
  const { id: policyId } = await owner.trpc.policies.create.mutate({ name: "shop", body: policy(1) });
  await owner.trpc.policies.saveVersion.mutate({ id: policyId, baseVersion: 1, body: policy(0.5) });
  const { revision: from } = await owner.trpc.revisions.start.mutate({ kind: "policy", id: policyId, version: 1, groupIds: [groupId] });
  const token = readFileSync(join(server.dataDir, "local-enrolment-token"), "utf8").trim();
  for (const name of ["shop-0", "shop-1"])
    collectors.push(await simulateCollector(server.fleet, token, { name, labels: { t: "shops" }, from, spansPerS: 1_000, dropsPerS: 3 }));
  await waitFor("the collectors to run it", () => collectors.every(({ runningRevision }) => runningRevision === from));
  const off = {
    p99RatioMax: null,
    queueShareMax: null,
    memoryBytesPerMinuteMax: null,
    droppedMax: null,
    refusedShareMax: null,
    keptShareWithinForecast: false,
  };
  const stages = [
    { size: { kind: "count" as const, count: 1 }, bakeSeconds: 3_600 },
    { size: { kind: "share" as const, share: 1 }, bakeSeconds: 3_600 },
  ];
  const plan = { stages, gates: { ...off, windowSeconds: 1 } };
  const { number } = await owner.trpc.rollouts.start.mutate({ kind: "policy", id: policyId, version: 2, groupId, plan });
  const look = () => owner.trpc.rollouts.get.query({ number });
  const canary = await waitFor("the canary", async () => {
    const { phase, toRevision, lost } = await look();
    return phase === "baking" && lost.complete && lost.spans > 0 && collectors.find(({ runningRevision }) => runningRevision === toRevision);
  });
  type Lost = Awaited<ReturnType<typeof look>>["lost"];
  const lost = (what: string, holds: (found: Lost) => boolean) =>
    waitFor(
      `what was lost to be ${what}`,
      async () => {
        const found = (await look()).lost;
        return holds(found) && found;
      },
      { timeoutMs: 40_000 },
    );
  canary.silence(true);
  // More than a measurement that is only late on a busy machine.
  const unknown = await lost("unknown of several windows", ({ complete, missing }) => !complete && (missing?.windows ?? 0) >= 3);
  expect(unknown.missing).toMatchObject({ windows: expect.any(Number), collectors: [{ id: canary.id, name: canary.name }], others: 0 });
  canary.silence(false);
  // It has lost spans all the while, and not fewer are known of for the silence.
  const least = unknown.spans + 3 * (unknown.missing?.windows ?? Number.NaN);
  await lost(`known, and ${least} at least`, ({ complete, spans }) => complete && spans >= least);
  // What a process did after its last measurement nobody tells.
  canary.restart();
  expect(await lost("unknown again", ({ complete }) => !complete)).toMatchObject({ missing: { collectors: [{ id: canary.id }] } });
  await owner.trpc.rollouts.abort.mutate({ number });
  const endedAtMs = await waitFor("the way back", async () => (await look()).endedAtMs ?? undefined);
  // Up to its end, also what comes after that.
  await waitFor("the last window", async () => {
    const { points } = await owner.trpc.rollouts.chart.query({ number, gate: "dropped" });
    return (points.at(-1)?.atMs ?? 0) > endedAtMs - 1_000;
  });
  expect((await look()).lost).toMatchObject({ complete: false, missing: { collectors: [{ id: canary.id }] } });
}, 150_000);
