import { join } from "node:path";
import { type Browser, expect, type Page, test } from "@playwright/test";
import pg from "pg";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#server/db/embedded-postgres/embeddedPostgres.ts";
import { CHANGES_CHANNEL } from "#server/db/notifyChange.ts";
import { type Api, createOwner } from "#tests/fixtures/api.ts";
import { temporaryFolder } from "#tests/fixtures/environment.ts";
import { type Headgate, startHeadgate } from "#tests/fixtures/headgate.ts";
import { waitFor } from "#tests/fixtures/waitFor.ts";
import { expectNoSidewaysScroll, expectNoViolations, shoot, signedInContext } from "./browser.ts";

const LARGE = 5_000;
const SMALL = 50;
/** Of one answer, whatever the group's size: a page of names is the longest. */
const ANSWER_BYTES_MAX = 32_000;
const LONG_TASK_MS = 200;
const policy = (ratio: number) => ({
  scope: "span" as const,
  tiers: [{ name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio } }],
});

let postgres: EmbeddedPostgres;
let headgate: Headgate;
let api: Api;
let database: pg.Client;
let heartbeats: NodeJS.Timeout;

test.describe.configure({ timeout: 300_000 });
test.beforeAll(async () => {
  postgres = await startEmbeddedPostgres(join(temporaryFolder(), "data"), () => {});
  headgate = await startHeadgate({ env: { DATABASE_URL: postgres.url } });
  api = await createOwner(headgate);
  database = new pg.Client({ connectionString: postgres.url });
  await database.connect();
});
test.afterAll(async () => {
  clearInterval(heartbeats);
  await database?.end();
  await headgate?.remove();
  await postgres?.stop(5_000);
});

/** A group of so many collectors, straight in the tables, whose rollout has reached four in five: most of them run it, the others are still given it. */
async function rollOut(size: number): Promise<number> {
  const name = `of ${size}`;
  const label = `t${size}`;
  const { id: groupId } = await api.trpc.groups.create.mutate({ name, selector: `t=${label}`, confirmed: true });
  const { id } = await api.trpc.policies.create.mutate({ name, body: policy(1) });
  await api.trpc.policies.saveVersion.mutate({ id, baseVersion: 1, body: policy(0.5) });
  await api.trpc.revisions.start.mutate({ kind: "policy", id, version: 1, groupIds: [groupId] });
  await database.query(
    `INSERT INTO "Collector" ("id", "instanceUid", "name", "labels", "replica", "lastSeenAt")
     SELECT gen_random_uuid()::text, gen_random_uuid()::text, $2 || '-' || lpad(n::text, 5, '0'), jsonb_build_object('t', $2::text), 'elsewhere', now() FROM generate_series(1, $1::int) n`,
    [size, label],
  );
  await database.query("SELECT pg_notify($1, $2)", [CHANGES_CHANNEL, JSON.stringify({ entity: "collector", id: null })]);
  const off = {
    p99RatioMax: null,
    queueShareMax: null,
    memoryBytesPerMinuteMax: null,
    droppedMax: null,
    refusedShareMax: null,
    keptShareWithinForecast: false,
  };
  const { number } = await api.trpc.rollouts.start.mutate({
    ...{ kind: "policy", id, version: 2, groupId },
    plan: {
      stages: [
        { size: { kind: "share", share: 0.8 }, bakeSeconds: 3_600 },
        { size: { kind: "share", share: 1 }, bakeSeconds: 3_600 },
      ],
      gates: { ...off, applyWithinSeconds: 3_600, awayForSeconds: 3_600 },
    },
  });
  const { toRevision } = await waitFor("the stage", async () => {
    const found = await api.trpc.rollouts.get.query({ number });
    return found.phase === "applying" && found;
  });
  await database.query(
    `UPDATE "Collector" SET "runningRevision" = $1, "runningHash" = (SELECT "hash" FROM "Revision" WHERE "number" = $1)
     WHERE "id" IN (SELECT "id" FROM "Collector" WHERE "name" LIKE $2 AND right("name", 1) NOT IN ('3', '7'))`,
    [toRevision, `${label}-%`],
  );
  await waitFor("the states", async () => ((await api.trpc.rollouts.collectors.query({ number })).counts.changed ?? 0) > size / 2);
  return number;
}

type Measured = { drawnMs: number; workedMs: { loading: number; looking: number } };

/** The longest task while the page loads, and while somebody scrolls, points, filters and pages, with its answers coming in. */
async function look(browser: Browser, number: number, size: number, watchMs = 3_500): Promise<Measured> {
  const context = await signedInContext(browser, headgate.http);
  const page = await context.newPage();
  await page.addInitScript(() => {
    window.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
    }).observe({ entryTypes: ["longtask"] });
  });
  const beganMs = performance.now();
  await page.goto(`/rollouts/${number}`);
  await expect(page.locator("[data-cells=changed]")).toBeVisible();
  const drawnMs = performance.now() - beganMs;
  const loading = await longest(page);
  const grid = page.getByRole("listbox", { name: "Collectors by state" });
  await grid.scrollIntoViewIfNeeded();
  const box = await grid.boundingBox();
  if (!box) throw new Error("the grid has no place");
  for (let step = 0; step < 20; step++) await page.mouse.move(box.x + 5 + step * 12, box.y + 5 + (step % 5) * 20);
  await page.mouse.move(box.x + 5, box.y + 5);
  await expect(page.locator("[data-slot=cell-name]")).toContainText(`t${size}-`);
  await page.evaluate(async () => {
    const inner = document.querySelector("[role=listbox]")?.parentElement;
    for (let step = 0; step < 60; step++) {
      window.scrollBy(0, step < 30 ? 100 : -100);
      inner?.scrollBy(0, step < 30 ? 60 : -60);
      await new Promise(requestAnimationFrame);
    }
  });
  const list = page.getByRole("list", { name: "Collectors", exact: true });
  await page.locator("[data-count=waiting] button").click();
  await expect(list.getByRole("listitem").first()).toContainText("waiting");
  await page.locator("[data-count=waiting] button").click();
  const search = page.getByRole("searchbox", { name: "Filter collectors" });
  await search.pressSequentially(`-000`, { delay: 30 });
  await expect(list.getByRole("listitem").first()).toContainText(`t${size}-00001`);
  await search.fill(`-000${SMALL}`);
  await expect(list.getByRole("listitem")).toHaveCount(1);
  // Answers of several seconds are drawn meanwhile.
  await page.evaluate((ms) => new Promise((resolve) => setTimeout(resolve, ms)), watchMs);
  const looking = await longest(page);
  await context.close();
  return { drawnMs, workedMs: { loading, looking } };
}

async function longest(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { longest: found } = window;
    window.longest = 0;
    return found;
  });
}

test("a rollout of five thousand collectors is as quick to look at as one of fifty", async ({ browser }) => {
  heartbeats = setInterval(
    () => void database.query(`UPDATE "Collector" SET "lastSeenAt" = now() WHERE "replica" = 'elsewhere'`).catch(() => undefined),
    5_000,
  );
  const small = await rollOut(SMALL);
  const large = await rollOut(LARGE);

  await test.step("no answer grows with the group", async () => {
    const { get, collectors, collectorPage, list } = api.trpc.rollouts;
    const answers = {
      get: await get.query({ number: large }),
      collectors: await collectors.query({ number: large }),
      collectorPage: await collectorPage.query({ number: large, limit: 200 }),
      list: await list.query({}),
    };
    const bytes = Object.fromEntries(Object.entries(answers).map(([name, answer]) => [name, JSON.stringify(answer).length]));
    console.log(`answers of a rollout of ${LARGE} collectors, in bytes: ${JSON.stringify(bytes)}`);
    for (const [name, length] of Object.entries(bytes)) expect(length, name).toBeLessThan(ANSWER_BYTES_MAX);
    expect(Object.values(answers.collectors.counts).reduce((sum, count) => sum + count, 0)).toBe(LARGE);
    await expect(collectorPage.query({ number: large, limit: 201 })).rejects.toThrow("must be at most 200");
  });

  await test.step("the page draws it, and is scrolled and filtered without long tasks", async () => {
    // The first page of a browser compiles what all run.
    await look(browser, small, SMALL, 0);
    const [few, many] = [await look(browser, small, SMALL), await look(browser, large, LARGE)];
    const said = ({ drawnMs, workedMs }: Measured) =>
      `drawn after ${drawnMs.toFixed(0)} ms, longest task ${workedMs.loading.toFixed(0)} ms while it loads, ${workedMs.looking.toFixed(0)} ms while somebody looks`;
    console.log(`${SMALL} collectors: ${said(few)}\n${LARGE} collectors: ${said(many)}`);
    // On a machine that is busy with other things every task is long: then it counts that those of the large one are not longer.
    expect(many.workedMs.looking).toBeLessThan(Math.max(LONG_TASK_MS, 2 * few.workedMs.looking));
    expect(many.drawnMs).toBeLessThan(Math.max(3_000, 3 * few.drawnMs));
  });

  await test.step("a line of the log that names some lists them all, also once it went back", async () => {
    const context = await signedInContext(browser, headgate.http);
    const page = await context.newPage();
    await page.goto(`/rollouts/${large}`);
    const log = page.getByRole("list", { name: "What happened" });
    await expect(log).toContainText(/v2 to 4,000 more collectors: t5000-\d{5}, .* and 3,995 others/);
    await log.getByRole("button", { name: "list all" }).click();
    const shown = page.getByRole("status").filter({ hasText: "of 4,000: joined with stage 1" });
    await expect(shown).toContainText("1–50 of 4,000");
    await page.getByRole("button", { name: "Next", exact: true }).click();
    await expect(shown).toContainText("51–100 of 4,000");
    await shoot(page, "rollout-large");
    await api.trpc.rollouts.abort.mutate({ number: large });
    await expect(page.locator("[data-slot=verdict][data-phase=rolledBack]")).toBeVisible({ timeout: 30_000 });
    // Those that it had not changed are there too.
    await expect(page.locator("[data-count=unchanged]")).toContainText("1,000");
    await expect(page.locator("[data-count=reverted]")).toContainText("4,000");
    await expectNoSidewaysScroll(page);
    await expectNoViolations(page, "a rollout of five thousand");
    await page.setViewportSize({ width: 390, height: 900 });
    await expectNoSidewaysScroll(page);
    await context.close();
  });
});

declare global {
  interface Window {
    longest: number;
  }
}
