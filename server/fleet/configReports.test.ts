import { expect, it } from "vitest";
import { AppError } from "../errors/appError.ts";
import type { CollectorReport } from "../services/fleet-channel/recordConfigReports.ts";
import { ConfigReports, REPORTS_OF_ONE_MAX } from "./configReports.ts";

const COLLECTORS_MAX = 1_000;
const reportOf = (collectorId: string, revision = 1): CollectorReport => ({
  collectorId,
  report: { state: "applied", revision, hash: "", failingPath: "", reason: "", logLines: [], tookMs: 1, effectiveConfig: "", carryOver: null },
});

/** A database that takes reports, refuses some for good, or is away. */
function setUp() {
  const database = { isAway: false, refuses: new Set<string>(), written: [] as string[], tries: 0 };
  const said: string[] = [];
  const reports = new ConfigReports({
    async write(batch) {
      database.tries++;
      if (database.isAway) throw new AppError("UNAVAILABLE", "the database can't be reached");
      const bad = batch.find(({ collectorId }) => database.refuses.has(collectorId));
      if (bad) throw new Error(`invalid byte sequence in what ${bad.collectorId} said`);
      database.written.push(...batch.map(({ collectorId, report }) => `${collectorId}/${report.revision}`));
    },
    collectorsMax: COLLECTORS_MAX,
    log: { warn: (_, message) => void said.push(message), error: (_, message) => void said.push(message) },
    againAfterMs: 1,
  });
  return { database, reports, said };
}

it("writes what comes together in one go, and those of one collector in their order", async () => {
  const { database, reports } = setUp();
  for (let revision = 1; revision <= 3; revision++) for (const id of ["a", "b"]) reports.add(reportOf(id, revision));
  await reports.write();
  expect(database.tries).toBe(1);
  expect(database.written.filter((one) => one.startsWith("a"))).toEqual(["a/1", "a/2", "a/3"]);
  expect(database.written).toHaveLength(6);
});

it("keeps the newest of each collector when there is no room while the database is away, counts the others, and writes them once it is back", async () => {
  const { database, reports, said } = setUp();
  database.isAway = true;
  for (let revision = 1; revision <= REPORTS_OF_ONE_MAX + 5; revision++) reports.add(reportOf("many", revision));
  for (let index = 0; index < COLLECTORS_MAX + 2; index++) reports.add(reportOf(`c${index}`));
  await reports.write();
  // One has no room beside the thousand, of which "many" is one.
  expect(reports.counters).toEqual({ leftOut: 5 + 3, refused: 0 });
  expect(reports.waiting).toBe(REPORTS_OF_ONE_MAX + COLLECTORS_MAX - 1);
  expect(said[0]).toContain("wait for the database");
  database.isAway = false;
  await expect.poll(() => reports.waiting).toBe(0);
  expect(database.written.filter((one) => one.startsWith("many"))).toEqual(Array.from({ length: REPORTS_OF_ONE_MAX }, (_, index) => `many/${index + 6}`));
  expect(database.written).toHaveLength(REPORTS_OF_ONE_MAX + COLLECTORS_MAX - 1);
  await reports.stop();
});

it("leaves out one that the database refuses, says so, and writes all others, after an outage too", async () => {
  const { database, reports, said } = setUp();
  database.refuses = new Set(["c13", "c256"]);
  database.isAway = true;
  for (let index = 0; index < 400; index++) reports.add(reportOf(`c${index}`));
  await reports.write();
  database.isAway = false;
  await expect.poll(() => reports.waiting).toBe(0);
  await reports.write();
  expect(database.written).toEqual(Array.from({ length: 400 }, (_, index) => `c${index}/1`).filter((one) => one !== "c13/1" && one !== "c256/1"));
  expect(reports.counters).toEqual({ leftOut: 0, refused: 2 });
  expect(said.filter((message) => message.includes("left out"))).toHaveLength(2);
  // By halves, not one by one.
  expect(database.tries).toBeLessThan(60);
  await reports.stop();
});

it("tries no more once it was stopped", async () => {
  const { database, reports } = setUp();
  database.isAway = true;
  reports.add(reportOf("a"));
  await reports.stop();
  const { tries } = database;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(database.tries).toBe(tries);
  expect(reports.waiting).toBe(1);
});
