import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type KeptTierWatch, TRAFFIC_GAP_MAX_MS } from "#domain/sampling/tierSilence.ts";
import { type Database, openDatabase } from "#server/db/database.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#server/db/embedded-postgres/embeddedPostgres.ts";
import { migrate } from "#server/db/migrate.ts";
import { readTierWatches, writeTierWatches } from "#server/db/tierWatches.ts";
import type { ServiceContext } from "#server/services/context.ts";
import { forgetTierWatches } from "#server/services/policies/forgetTierWatches.ts";
import { temporaryFolder } from "../fixtures/environment.ts";

const T0 = Date.UTC(2026, 10, 1);
const MIN = 60_000;
let postgres: EmbeddedPostgres;
let replicas: [Database, Database];

beforeAll(async () => {
  postgres = await startEmbeddedPostgres(join(temporaryFolder(), "data"), () => {});
  await migrate(postgres.url);
  replicas = [openDatabase({ url: postgres.url }), openDatabase({ url: postgres.url })];
});
afterAll(async () => {
  await Promise.all(replicas.map((db) => db.$disconnect()));
  await postgres.stop(5_000);
});
beforeEach(() => replicas[0].tierWatch.deleteMany());

const watch = (key: string, sinceMin: number, untilMin: number, lastMatchedMin: number | null = null): KeptTierWatch => ({
  key,
  sinceMs: T0 + sinceMin * MIN,
  untilMs: T0 + untilMin * MIN,
  lastMatchedMs: lastMatchedMin === null ? null : T0 + lastMatchedMin * MIN,
});
const kept = async (key: string) => (await readTierWatches(replicas[0], [key]))[0];

describe("watched tiers", () => {
  it("go on from report to report, and keep the latest match", async () => {
    await writeTierWatches(replicas[0], [watch("a", 0, 10), watch("b", 0, 10, 5)]);
    await writeTierWatches(replicas[1], [watch("a", 2, 11), watch("b", 2, 11, 3)]);
    expect(await kept("a")).toEqual(watch("a", 0, 11));
    expect(await kept("b")).toEqual(watch("b", 0, 11, 5));
    // A collector that ran it for longer than was known, and one that started anew just now.
    await writeTierWatches(replicas[0], [watch("a", -30, 12), watch("b", 12, 12)]);
    expect(await kept("a")).toEqual(watch("a", -30, 12));
    expect(await kept("b")).toEqual(watch("b", 0, 12, 5));
  });

  it("begin anew after a gap, and a report from before it changes nothing of that", async () => {
    const gapMin = TRAFFIC_GAP_MAX_MS / MIN;
    await writeTierWatches(replicas[0], [watch("a", 0, 10, 4)]);
    await writeTierWatches(replicas[0], [watch("a", 11 + gapMin, 20 + gapMin)]);
    expect(await kept("a")).toEqual(watch("a", 11 + gapMin, 20 + gapMin, 4));
    await writeTierWatches(replicas[0], [watch("a", 0, 10, 5)]);
    expect(await kept("a")).toEqual(watch("a", 11 + gapMin, 20 + gapMin, 5));
  });

  it("are written by two replicas at once, in whatever order, to the same end", async () => {
    const keys = Array.from({ length: 200 }, (_, at) => `k${at}`);
    const reports = Array.from({ length: 10 }, (_, at) => keys.map((key) => watch(key, 10 - at, 20 + at, at)));
    await Promise.all(reports.map((report, at) => writeTierWatches(replicas[at % 2], at % 3 === 0 ? [...report].reverse() : report)));
    for (const row of await readTierWatches(replicas[0], keys)) expect(row).toEqual(watch(row.key, 1, 29, 9));
  });

  it("take no more rows than their bound: those that are known go on, the others are counted", async () => {
    expect(await writeTierWatches(replicas[0], [watch("a", 0, 1), watch("b", 0, 1)], 2)).toBe(0);
    expect(await writeTierWatches(replicas[0], [watch("a", 0, 2), watch("c", 0, 2), watch("d", 0, 2)], 2)).toBe(2);
    expect(await replicas[0].tierWatch.findMany({ select: { key: true }, orderBy: { key: "asc" } })).toEqual([{ key: "a" }, { key: "b" }]);
    expect((await kept("a")).untilMs).toBe(T0 + 2 * MIN);
  });

  it("are forgotten when nothing was told of them for 30 days", async () => {
    const days = 24 * 60;
    await writeTierWatches(replicas[0], [watch("old", 0, 1), watch("new", 0, 2 * days)]);
    const ctx = { actor: { kind: "system", name: "test" }, db: replicas[0], ports: { nowMs: () => T0 + 31 * days * MIN } } as unknown as ServiceContext;
    await forgetTierWatches({ ctx });
    expect(await replicas[0].tierWatch.findMany({ select: { key: true } })).toEqual([{ key: "new" }]);
  });
});
