import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import pg from "pg";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#server/db/embedded-postgres/embeddedPostgres.ts";
import { CHANGES_CHANNEL } from "#server/db/notifyChange.ts";
import { createOwner } from "#tests/fixtures/api.ts";
import { temporaryFolder } from "#tests/fixtures/environment.ts";
import { type Headgate, startHeadgate } from "#tests/fixtures/headgate.ts";
import { expectNoSidewaysScroll, expectNoViolations, signedInContext } from "./browser.ts";

const ROWS = 10_000;
/** What a screen shows and some more above and below. */
const DRAWN_MAX = 120;
const HISTORY_ID = "018f0000-0000-7000-8000-000000000001";

let postgres: EmbeddedPostgres;
let headgate: Headgate;

test.describe.configure({ timeout: 300_000 });
test.beforeAll(async () => {
  postgres = await startEmbeddedPostgres(join(temporaryFolder(), "data"), () => {});
  headgate = await startHeadgate({ env: { DATABASE_URL: postgres.url } });
  await createOwner(headgate);
  await fill(postgres.url);
});
test.afterAll(async () => {
  await headgate?.remove();
  await postgres?.stop(5_000);
});

/** Straight into the tables: nobody could make as many by hand. The first of each is the newest. */
async function fill(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const body = JSON.stringify({ scope: "span", tiers: [{ name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 1 } }] });
  await client.query(`CREATE TEMPORARY TABLE made AS SELECT n, gen_random_uuid()::text AS id FROM generate_series(1, ${ROWS}) AS n`);
  await client.query(`INSERT INTO "Document" ("id", "kind", "name") SELECT id, 'sampling', 'policy ' || n FROM made`);
  const version = `INSERT INTO "DocumentVersion" ("documentId", "number", "body", "authorName", "message", "createdAt")`;
  await client.query(`${version} SELECT id, 1, $1::jsonb, 'Person ' || n % 7, NULL, now() - n * interval '1 minute' FROM made`, [body]);
  await client.query(`INSERT INTO "Document" ("id", "kind", "name", "currentVersion", "archivedAt") VALUES ($1, 'sampling', 'long history', ${ROWS}, now())`, [
    HISTORY_ID,
  ]);
  await client.query(
    `${version} SELECT $2, n, $1::jsonb, 'Person ' || n % 7, 'change ' || n, now() - (${ROWS} - n) * interval '1 minute' FROM generate_series(1, ${ROWS}) AS n`,
    [body, HISTORY_ID],
  );
  await client.query(`INSERT INTO "Collector" ("id", "instanceUid", "name") SELECT id, id, 'zone gate ' || n FROM made`);
  await client.query("SELECT pg_notify($1, $2)", [CHANGES_CHANNEL, JSON.stringify({ entity: "collector", id: null })]);
  await client.end();
}

const rows = (page: Page) => page.locator("tbody tr[data-index]");
const drawnRows = (page: Page) => rows(page).count();

/** Milliseconds from a changed filter to the picture with it, and how far apart pictures come while the page scrolls. Printed, because they depend on the machine. */
async function figures(page: Page, name: string, text: string): Promise<void> {
  const frames = await page.evaluate(async () => {
    const gaps: number[] = [];
    let before = performance.now();
    for (let step = 0; step < 60; step++) {
      window.scrollBy(0, 700);
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      gaps.push(now - before);
      before = now;
    }
    window.scrollTo(0, 0);
    gaps.sort((a, b) => a - b);
    return { median: gaps[30], worst: gaps[59] };
  });
  const filterMs = await page.getByRole("searchbox").evaluate(async (input, value) => {
    const setter = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set;
    const before = performance.now();
    setter?.call(input, value);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    const workedMs = performance.now() - before;
    await new Promise(requestAnimationFrame);
    return { worked: workedMs, shown: performance.now() - before };
  }, text);
  const said = (ms: number) => ms.toFixed(1);
  console.log(
    `${name}, ${ROWS} rows: filter ${said(filterMs.worked)} ms (next picture after ${said(filterMs.shown)}); scrolling, a picture each ${said(frames.median)} ms, at worst ${said(frames.worst)}`,
  );
}

for (const { name, href, last, needle, found, searchbox } of [
  { name: "policies", href: "/sampling", last: `policy ${ROWS}`, needle: "policy 4242", found: "policy 4242", searchbox: "Filter policies" },
  { name: "collectors", href: "/fleet", last: `zone gate ${ROWS}`, needle: "gate 4242", found: "zone gate 4242", searchbox: "Filter collectors" },
  { name: "versions", href: `/sampling/${HISTORY_ID}/history`, last: "v1", needle: "change 4242", found: "v4242", searchbox: "Filter versions" },
]) {
  test(`a list of ten thousand ${name} draws what is seen, and finds the last row and the one that is looked for`, async ({ browser }) => {
    const context = await signedInContext(browser, headgate.http);
    const page = await context.newPage();
    await page.goto(href);
    const table = page.getByRole("table");
    await expect(rows(page).first()).toBeVisible({ timeout: 30_000 });
    expect(Number(await table.getAttribute("aria-rowcount"))).toBeGreaterThanOrEqual(ROWS + 1);
    expect(await drawnRows(page)).toBeLessThan(DRAWN_MAX);

    await page.keyboard.press("End");
    const lastRow = rows(page).filter({ has: page.getByRole("link", { name: last, exact: true }) });
    await expect(lastRow).toBeInViewport();
    expect(await drawnRows(page)).toBeLessThan(DRAWN_MAX);
    const rowIndex = Number(await lastRow.getAttribute("aria-rowindex"));
    expect(rowIndex).toBe(Number(await table.getAttribute("aria-rowcount")));
    await page.keyboard.press("Home");
    await expect(rows(page).first()).toHaveAttribute("aria-rowindex", "2");

    if (name !== "versions") {
      // From row to row, and with the focus to the other end and back.
      await page.keyboard.press("j");
      await page.keyboard.press("j");
      await expect(page.locator("[data-index='1']")).toBeFocused();
      await page.keyboard.press("End");
      await expect(lastRow).toBeFocused();
      await page.keyboard.press("Home");
      await expect(page.locator("[data-index='0']")).toBeFocused();
    }

    await figures(page, name, needle);
    await expect(rows(page)).toHaveCount(1);
    await expect(rows(page).getByRole("link", { name: found, exact: true })).toBeVisible();
    expect(new URL(page.url()).searchParams.get("q")).toBe(needle);
    await page.reload();
    await expect(page.getByRole("searchbox", { name: searchbox })).toHaveValue(needle);
    await expect(rows(page)).toHaveCount(1);
    await page.getByRole("searchbox", { name: searchbox }).fill("nothing is called so");
    await page.getByRole("button", { name: "Clear the filter" }).click();
    await expect(rows(page).nth(5)).toBeVisible();
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      // What is seen, and not all of a page that is as long as its list.
      await page.screenshot({ path: join(import.meta.dirname, "..", "..", "test-results", "screenshots", `long-${name}-${width}.png`) });
      await expectNoSidewaysScroll(page);
    }
    await expectNoViolations(page, `ten thousand ${name}`);
    await context.close();
  });
}
