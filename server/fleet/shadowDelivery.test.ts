import { expect, it } from "vitest";
import { evenCounts, replayFigures } from "#domain/sampling/compare/comparisonTestData.ts";
import type { ShadowReport } from "#domain/sampling/compare/shadowReport.ts";
import type { ServiceContext } from "../services/context.ts";
import type { NewShadowReport } from "../services/fleet-channel/recordShadowReports.ts";
import { CollectorSession, type FleetStream } from "./collectorSession.ts";
import type { ServerMessageFields } from "./fleetMethods.ts";
import { ShadowDelivery } from "./shadowDelivery.ts";

const NOW = 1_800_000_000_000;
const POLICY = { scope: "span", tiers: [{ name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 0.5 } }] };
const CAPABILITIES = ["shadow", "replay"];

/** One replay that is wanted of these collectors, and a database that is away or refuses what one of them says. */
async function setUp(collectorIds: readonly string[], capabilities = CAPABILITIES) {
  const database = { isAway: false, refuses: "", written: new Map<string, NewShadowReport>(), writes: 0 };
  const row = { title: "x", policyId: null, policyVersion: null, groupId: null, startedBy: "x", stoppedAt: null, startedAt: new Date(NOW) };
  const shadow = { ...row, id: "r1", kind: "replay", backMs: 3_600_000, policy: POLICY, collectorIds, endsAt: new Date(NOW + 600_000) };
  const db = {
    shadow: { findMany: async () => [shadow], findFirst: async () => null },
    shadowReport: { findMany: async () => [] },
    async $executeRaw(_: TemplateStringsArray, _at: Date, json: string) {
      database.writes++;
      if (database.isAway) throw Object.assign(new Error("away"), { code: "ECONNREFUSED" });
      const reports: NewShadowReport[] = JSON.parse(json);
      if (reports.some(({ collectorId }) => collectorId === database.refuses)) throw new Error("invalid byte sequence");
      for (const report of reports) database.written.set(report.collectorId, report);
    },
  };
  const sessions = collectorIds.map((id) => {
    const sent: ServerMessageFields[] = [];
    const stream = { destroyed: false, writable: true, write: (message: ServerMessageFields) => sent.push(message) } as unknown as FleetStream;
    return Object.assign(new CollectorSession(id, stream, { runningHash: "", capabilities }), { sent });
  });
  const ctx = { actor: { kind: "system", name: "test" }, db, ports: { nowMs: () => NOW } } as unknown as ServiceContext;
  const delivery = new ShadowDelivery({ ctx, sessions: () => sessions, log: { warn: () => {} } });
  await delivery.deliver();
  return { database, delivery, sessions };
}

function reportOf(state: ShadowReport["state"], progress = 1): string {
  const report: ShadowReport = {
    ...{ state, reason: "", countingSinceMs: 1, windowMs: 1, restarts: 0, share: 1, cpuMs: 1, threadCpuMs: 1 },
    live: { revision: 1, hasBudget: false, scope: "span", decisionWaitMs: 0, decisionWaitAfterRootMs: 0 },
    counts: evenCounts({ spans: 1, live: 1, candidate: 1 }),
    newlyDropped: [],
    newlyKept: [],
    replay: replayFigures({ progress }),
  };
  return JSON.stringify(report);
}

const stateOf = (written: NewShadowReport | undefined) => written && JSON.parse(written.report).state;

it("tells each collector once, and says of one that is too old that it can't", async () => {
  const { delivery, sessions } = await setUp(["a", "b"]);
  await delivery.deliver();
  for (const { sent } of sessions) expect(sent).toEqual([{ replay: { shadowId: "r1", policy: expect.any(String), backMs: 3_600_000 } }]);
  const old = await setUp(["a"], ["shadow"]);
  await old.delivery.stop();
  expect(old.sessions[0].sent).toEqual([]);
  expect(old.database.written.get("a")).toMatchObject({
    done: true,
    report: expect.stringContaining("it is of a version that can't try policies over a recording"),
  });
  await delivery.stop();
});

it("keeps the latest of each collector alone however many come, and a last word whatever comes after it", async () => {
  const { database, delivery, sessions } = await setUp(["a", "b"]);
  for (let index = 0; index < 1_000; index++) for (const session of sessions) delivery.reported(session, "r1", reportOf("running", index / 1_000));
  delivery.reported(sessions[0], "r1", reportOf("ended"));
  delivery.reported(sessions[0], "r1", reportOf("running", 0.5));
  await delivery.stop();
  expect(database.writes).toBe(1);
  expect([...database.written.values()].map(({ collectorId, done }) => [collectorId, done])).toEqual([
    ["a", true],
    ["b", false],
  ]);
});

it("has the last words written once the database is back, unless newer ones have come", async () => {
  const { database, delivery, sessions } = await setUp(["a", "b"]);
  database.isAway = true;
  delivery.reported(sessions[0], "r1", reportOf("ended"));
  delivery.reported(sessions[1], "r1", reportOf("running", 0.1));
  await delivery.stop();
  expect(database.written.size).toBe(0);
  database.isAway = false;
  delivery.reported(sessions[1], "r1", reportOf("stopped", 0.2));
  await delivery.stop();
  expect(["a", "b"].map((id) => stateOf(database.written.get(id)))).toEqual(["ended", "stopped"]);
});

it("leaves out one report that can't be written, counts it, and writes the others", async () => {
  const { database, delivery, sessions } = await setUp(["a", "b", "c"]);
  database.refuses = "b";
  for (const session of sessions) delivery.reported(session, "r1", reportOf("ended"));
  await delivery.stop();
  expect([...database.written.keys()]).toEqual(["a", "c"]);
  expect(delivery.refused).toBe(1);
});

it("keeps nothing of what nobody asked for, however much comes, and tells what runs on to stop", async () => {
  const { database, delivery, sessions } = await setUp(["a"]);
  for (let index = 0; index < 100; index++) delivery.reported(sessions[0], `stray ${index}`, reportOf(index === 0 ? "running" : "stopped"));
  delivery.reported(sessions[0], "stray", "not JSON");
  await delivery.stop();
  expect(database.written.size).toBe(0);
  expect(delivery.refused).toBe(101);
  expect(sessions[0].sent.slice(1)).toEqual([{ replay: { shadowId: "stray 0", policy: "" } }]);
});
