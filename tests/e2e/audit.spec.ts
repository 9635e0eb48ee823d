import { readFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { type Api, createOwner } from "#tests/fixtures/api.ts";
import { type Headgate, startHeadgate } from "#tests/fixtures/headgate.ts";
import { expectNoSidewaysScroll, expectNoViolations, shoot, signedInContext } from "./browser.ts";

const policy = (ratio: number): SamplingPolicy => ({
  scope: "span",
  tiers: [
    { name: "important APIs", condition: { kind: "endpoint", match: "contains", values: ["/api/payment"] }, keep: { kind: "ratio", ratio } },
    { name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 0.01 } },
  ],
});
const PRICES = 130;

let headgate: Headgate;
let api: Api;
let policyId: string;

test.beforeAll(async () => {
  headgate = await startHeadgate();
  api = await createOwner(headgate);
  for (let index = 0; index < PRICES; index++) await api.trpc.prices.set.mutate({ microUsdPerGbKept: index, microUsdPerCollectorHour: 1 });
  ({ id: policyId } = await api.trpc.policies.create.mutate({ name: "checkout", body: policy(0.25) }));
  await api.trpc.policies.saveVersion.mutate({ id: policyId, baseVersion: 1, body: policy(0.5), message: "black friday" });
});
test.afterAll(() => headgate?.remove());

const row = (page: Page, text: string | RegExp) => page.locator("[data-event]").filter({ hasText: text });

test("a change is found by words, opened by keyboard, and says what was and what is", async ({ browser }) => {
  const context = await signedInContext(browser, headgate.http);
  const page = await context.newPage();
  await page.goto("/audit");
  const sentence = "Olga Owner raised important APIs from 25% to 50% in policy checkout (v2)";
  await expect(row(page, sentence)).toHaveCount(1);
  await page.keyboard.press("/");
  await page.keyboard.type("friday");
  await expect(page.locator("[data-event]")).toHaveCount(1);
  await expect(page).toHaveURL(/\/audit\?q=friday$/);
  await shoot(page, "audit-search");

  await page.getByRole("searchbox", { name: "Search the audit" }).blur();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: /^Event \d+$/ })).toBeVisible();
  await expect(page.getByRole("region", { name: "What", exact: true })).toContainText("important APIs: keep 25% → 50%");
  await expect(page.getByRole("region", { name: "Before and after", exact: true }).getByRole("row", { name: /^version/ })).toContainText("version12");
  await expect(page.getByRole("region", { name: "Who and from where" })).toContainText("127.0.0.1");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await shoot(page, `audit-event-saved-${colorScheme}`);
    await expectNoViolations(page, `an event, ${colorScheme}`);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await shoot(page, "audit-event-saved-390");
  await expectNoSidewaysScroll(page);
  await page.setViewportSize({ width: 1440, height: 900 });

  // A link to the event is enough; the way back keeps the filter.
  await page.getByRole("link", { name: "Audit", exact: true }).last().click();
  await expect(page.getByRole("heading", { level: 1, name: "Audit" })).toBeVisible();
  await page.goBack();
  await page.getByRole("link", { name: "Compare v1 with v2" }).click();
  await expect(page).toHaveURL(new RegExp(`/sampling/${policyId}/history\\?from=1&to=2`));
  await context.close();
});

test("earlier events come while scrolling, and new ones when they are asked for", async ({ browser }) => {
  const context = await signedInContext(browser, headgate.http);
  const page = await context.newPage();
  await page.goto("/audit");
  await expect(page.getByText("events, all shown")).toHaveCount(0);
  await expect(async () => {
    await page.mouse.wheel(0, 3_000);
    await expect(row(page, "set up the first policy")).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 30_000 });
  await expect(page.getByText(/\d+ events, all shown/)).toBeVisible();

  await page.evaluate(() => window.scrollTo(0, 0));
  await api.trpc.policies.rename.mutate({ id: policyId, name: "checkout and payment" });
  await page.getByRole("button", { name: "1 new event" }).click();
  await expect(row(page, "renamed the sampling policy checkout to checkout and payment")).toBeVisible();
  await expect(page.getByRole("button", { name: /new event/ })).toHaveCount(0);
  await context.close();
});

test("filters stand in the address, hold together, and go into the download", async ({ browser }) => {
  const context = await signedInContext(browser, headgate.http);
  const page = await context.newPage();
  await page.goto("/audit?by=Olga+Owner&action=policy.create&from=2020-01-01T00:00:00.000Z");
  await expect(page.locator("[data-event]")).toHaveCount(1);
  await expect(page.getByRole("combobox", { name: "Who" })).toHaveText("Olga Owner");
  await expect(page.getByRole("textbox", { name: "From" }).or(page.getByLabel("From"))).toHaveValue(/^2020-01-01T/);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download CSV" }).click()]);
  const text = readFileSync(await download.path(), "utf8");
  expect(text.trimEnd().split("\r\n")).toHaveLength(2);
  expect(text).toContain("created the sampling policy checkout");

  await page.getByRole("combobox", { name: "Action" }).click();
  await page.getByRole("option", { name: "token.create" }).click();
  await expect(page.getByText("No event matches the filter")).toBeVisible();
  await shoot(page, "audit-none");
  await page.getByRole("button", { name: "Clear the filter" }).click();
  await expect(page).toHaveURL(/\/audit$/);
  await expect(row(page, "raised important APIs")).toHaveCount(1);
  await context.close();
});

test("an audit that can't be loaded says so and goes on when asked", async ({ browser }) => {
  const context = await signedInContext(browser, headgate.http);
  const page = await context.newPage();
  await page.route(/audit\.list/, (route) => route.abort());
  await page.goto("/audit");
  await expect(page.getByText("The audit could not be loaded")).toBeVisible({ timeout: 20_000 });
  await shoot(page, "audit-error");
  await page.unroute(/audit\.list/);
  await page.getByRole("button", { name: /again/i }).click();
  await expect(row(page, "raised important APIs")).toBeVisible();
  await context.close();
});
