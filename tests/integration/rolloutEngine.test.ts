import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { z } from "zod";
import type { rolloutPlanSchema } from "#domain/fleet/rollout/rolloutPlan.ts";
import type { RolloutView } from "#domain/fleet/rollout/rolloutView.ts";
import { NO_FIGURES, type SideFigures, type WindowFigures } from "#domain/fleet/rollout/rolloutWindow.ts";
import { type Database, openDatabase } from "#server/db/database.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#server/db/embedded-postgres/embeddedPostgres.ts";
import { migrate } from "#server/db/migrate.ts";
import { createSecretBox } from "#server/db/secretBox.ts";
import { startApply } from "#server/services/apply/startApply.ts";
import type { Actor, ServiceContext } from "#server/services/context.ts";
import { createDocument } from "#server/services/documents/createDocument.ts";
import { saveVersion } from "#server/services/documents/saveVersion.ts";
import { createGroup } from "#server/services/groups/createGroup.ts";
import { policyKind } from "#server/services/policies/policyKind.ts";
import { getRollout } from "#server/services/rollouts/getRollout.ts";
import { moveRollout } from "#server/services/rollouts/moveRollout.ts";
import { recordWindows } from "#server/services/rollouts/recordWindows.ts";
import { RolloutScopes } from "#server/services/rollouts/rolloutScopes.ts";
import { WindowCache } from "#server/services/rollouts/rolloutWindows.ts";
import { startRollout } from "#server/services/rollouts/startRollout.ts";
import { seedFirstBoot } from "#server/services/setup/seedFirstBoot.ts";
import { temporaryFolder } from "../fixtures/environment.ts";

// Gates that take minutes of measurements: the engine with its database, and a clock that the test moves.
type Gates = NonNullable<z.input<typeof rolloutPlanSchema>["gates"]>;
const OFF: Gates = {
  p99RatioMax: null,
  queueShareMax: null,
  memoryBytesPerMinuteMax: null,
  droppedMax: null,
  refusedShareMax: null,
  keptShareWithinForecast: false,
};
const SIZE = 4;
const WINDOW_MS = 10_000;
/** Shorter than what is taken for time in which nobody looked. */
const LOOK_MS = 2_000;
const REPLICA = "the replica of the test";
const MB = 1e6;

let nowMs = Math.floor(Date.now() / WINDOW_MS) * WINDOW_MS;
let postgres: EmbeddedPostgres;
let db: Database;
let system: ServiceContext;
let owner: ServiceContext;
let groups = 0;

beforeAll(async () => {
  postgres = await startEmbeddedPostgres(join(temporaryFolder(), "data"), () => {});
  await migrate(postgres.url);
  db = openDatabase({ url: postgres.url });
  const ports = { nowMs: () => nowMs, seal: createSecretBox("the secret of the test"), rolloutScopes: new RolloutScopes(), counters: { rolloutsRefused: 0 } };
  const as = (actor: Actor) => ({ actor, db, ports }) as unknown as ServiceContext;
  system = as({ kind: "system", name: "Headgate" });
  owner = as({ kind: "person", sessionId: "s", id: "olga", name: "Olga Owner", email: "owner@example.com", role: "admin", grants: {} });
  await seedFirstBoot({ ctx: system, input: { demo: false } });
}, 120_000);
afterAll(async () => {
  await db?.$disconnect();
  await postgres?.stop(5_000);
});

const policy = (ratio: number) => ({
  scope: "span" as const,
  tiers: [{ name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio } }],
});
/** A window of `count` collectors: traffic that is kept by half, and memory that stays. */
function side(count: number, atMs: number, { kept = 500, rssBytes = (_: number) => 100 * MB } = {}): SideFigures {
  const rss = Array.from({ length: WINDOW_MS / 1_000 }, (_, index) => {
    const secondMs = atMs + (index + 1) * 1_000;
    // What a garbage collector does, the same for all.
    const breath = ((secondMs / 1_000) % 7) * 20_000;
    return { atMs: secondMs, bytes: count * (rssBytes(secondMs) + breath), of: count };
  });
  return { ...NO_FIGURES, collectors: count, reporting: count, received: 1_000, kept, rss, seconds: (count * WINDOW_MS) / 1_000 };
}

type Measure = (atMs: number, appliedAtMs: number, changed: number) => WindowFigures;

/** Rolls a policy out to a canary that applies it at once, and looks at it every two seconds of the test's clock while it is live, at most so long. */
async function watch(
  gates: Gates,
  measure: Measure,
  { forecast, forMs = 300_000 }: { forecast?: { low: number; high: number; expected: number }; forMs?: number } = {},
) {
  const name = `group${++groups}`;
  const { id: groupId } = await createGroup({ ctx: owner, input: { name, selector: `t=${name}`, confirmed: true } });
  const { id } = await createDocument(owner, policyKind, { name, body: policy(1) });
  await saveVersion(owner, policyKind, { id, baseVersion: 1, body: policy(0.5) });
  await startApply({ ctx: owner, input: { kind: "policy", id, version: 1, groupIds: [groupId] } });
  const ids = Array.from({ length: SIZE }, (_, index) => `${name}-${index}`);
  const collector = { ownLabels: { t: name }, replica: REPLICA, lastSeenAt: new Date(nowMs) };
  await db.collector.createMany({ data: ids.map((one) => ({ id: one, instanceUid: one, name: one, ...collector })) });
  const stages = [
    { size: { kind: "count" as const, count: 1 }, bakeSeconds: 200 },
    { size: { kind: "share" as const, share: 1 }, bakeSeconds: 0 },
  ];
  owner.ports.rolloutScopes.forget();
  const { number } = await startRollout({
    ctx: owner,
    input: { kind: "policy", id, version: 2, groupId, plan: { stages, gates: { ...OFF, ...gates } }, forecast },
  });
  const look = () => getRollout({ ctx: owner, input: { number } });
  const windows = new WindowCache();
  let view: RolloutView = await look();
  const { hash } = await db.revision.findUniqueOrThrow({ where: { number: view.toRevision }, select: { hash: true } });
  const endMs = nowMs + forMs;
  let told = nowMs;
  while (nowMs < endMs && view.endedAtMs === null && view.pausedAtMs === null && view.stages[0].state !== "passed") {
    nowMs += LOOK_MS;
    await db.collector.updateMany({ where: { id: { in: ids } }, data: { lastSeenAt: new Date(nowMs) } });
    // The canary does what it is told at once, also when that is to go back.
    const members = (await db.rollout.findUniqueOrThrow({ where: { number }, select: { state: true } })).state as { members: { id: string }[] };
    const goesBack = view.phase === "rollingBack";
    await db.collector.updateMany({
      where: { id: { in: members.members.map((one) => one.id) } },
      data: goesBack ? { runningHash: "", runningRevision: view.fromRevision } : { runningHash: hash, runningRevision: view.toRevision },
    });
    for (; told + WINDOW_MS <= nowMs; told += WINDOW_MS) {
      const figures = measure(told, view.stages[0].appliedAtMs ?? nowMs, view.stages[0].joined ?? 0);
      if (view.stages[0].openedAtMs !== undefined)
        await recordWindows({ ctx: system, input: { number, replica: REPLICA, windowMs: WINDOW_MS, windows: [{ stage: 0, atMs: told, figures }] } });
    }
    await moveRollout({ ctx: system, input: { number, replica: REPLICA, windows } });
    view = await look();
  }
  return view;
}

const steady: Measure = (atMs, _, changed) => ({ changed: side(changed, atMs), control: side(SIZE - changed, atMs) });

it("goes back when the memory of the changed collectors rises steadily, with the slope as the reason", async () => {
  const leak: Measure = (atMs, appliedAtMs, changed) => ({
    changed: side(changed, atMs, { rssBytes: (secondMs) => 100 * MB + (Math.max(0, secondMs - appliedAtMs) / 60_000) * 6 * MB }),
    control: side(SIZE - changed, atMs),
  });
  const { phase, reason, evidence, log, gates } = await watch({ memoryBytesPerMinuteMax: 2 * MB }, leak);
  expect(phase).toBe("rolledBack");
  expect(reason).toMatchObject({ kind: "gateFailed", gate: "memory", result: { state: "fail", limit: 2 * MB } });
  const { changed, control } = (reason as Extract<typeof reason, { kind: "gateFailed" }>).result;
  expect(changed).toBeGreaterThan(5 * MB);
  expect(changed).toBeLessThan(7 * MB);
  expect(Math.abs(control ?? Number.NaN)).toBeLessThan(MB);
  // The table has the same figures as the sentence.
  expect(gates.find(({ gate }) => gate === "memory")).toMatchObject({ state: "fail", changed, control });
  expect(evidence).toMatchObject({ gate: "memory", collectors: [{ id: expect.any(String) }] });
  expect(log.map(({ step }) => step.kind)).toEqual(["started", "stageOpened", "applied", "rollingBack", "rolledBack"]);
});

it("goes back when the share that the changed ones keep lies outside of the forecast", async () => {
  const forecast = { low: 0.45, high: 0.55, expected: 0.5 };
  const tooMuch: Measure = (atMs, _, changed) => ({
    changed: side(changed, atMs, { kept: 700 + ((atMs / WINDOW_MS) % 3) * 10 }),
    control: side(SIZE - changed, atMs),
  });
  const { phase, reason } = await watch({ keptShareWithinForecast: true }, tooMuch, { forecast });
  expect(phase).toBe("rolledBack");
  expect(reason).toMatchObject({ kind: "gateFailed", gate: "keptShare", result: { state: "fail", limit: forecast.high, changed: expect.closeTo(0.71, 1) } });
});

it("passes the stage by the same gates when memory breathes as before and what is kept is what was forecast", async () => {
  const gates = { memoryBytesPerMinuteMax: 2 * MB, keptShareWithinForecast: true };
  const { stages, reason, gates: found } = await watch(gates, steady, { forecast: { low: 0.45, high: 0.55, expected: 0.5 } });
  expect(reason).toBeNull();
  expect(stages[0].state).toBe("passed");
  for (const gate of ["memory", "keptShare"]) expect(found.find((one) => one.gate === gate)).toMatchObject({ state: "pass" });
});

it("begins no more than fifty at once, and counts those that it refuses", async () => {
  const { id: groupId } = await createGroup({ ctx: owner, input: { name: "one too many", selector: "t=full", confirmed: true } });
  const { id } = await createDocument(owner, policyKind, { name: "one too many", body: policy(0.1) });
  const at = new Date(nowMs);
  const live = await db.rollout.count({ where: { isLive: true } });
  const row = {
    groupId: (await db.rollout.findFirstOrThrow()).groupId,
    kind: "policy",
    documentId: id,
    documentName: "full",
    toVersion: 1,
    fromRevision: 1,
    toRevision: 1,
  };
  const times = { startedAt: at, watchedSince: at, tickedAt: at };
  await db.rollout.createMany({ data: Array.from({ length: 50 - live }, () => ({ ...row, ...times, phase: "baking", state: {}, authorName: "Olga Owner" })) });
  const start = () =>
    startRollout({
      ctx: owner,
      input: { kind: "policy", id, version: 1, groupId, plan: { stages: [{ size: { kind: "share", share: 1 } }], gates: OFF } },
    });
  await expect(start()).rejects.toMatchObject({ code: "TOO_MANY", message: expect.stringContaining("50 rollouts are under way") });
  expect(owner.ports.counters.rolloutsRefused).toBe(1);
  await db.rollout.deleteMany({ where: { documentName: "full" } });
  await start();
  expect(owner.ports.counters.rolloutsRefused).toBe(1);
});
