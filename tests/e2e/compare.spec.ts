import { expect, type Page, test } from "@playwright/test";
import { type Api, createOwner } from "#tests/fixtures/api.ts";
import { type Headgate, startHeadgate } from "#tests/fixtures/headgate.ts";
import { waitFor } from "#tests/fixtures/waitFor.ts";
import { choose, expectLooks, setKeep, shoot, signedInContext } from "./browser.ts";

const policy = (ratio: number) => ({
  scope: "span" as const,
  tiers: [{ name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio } }],
});

let headgate: Headgate;
let api: Api;
let id: string;
test.beforeAll(async () => {
  headgate = await startHeadgate({ demo: true });
  api = await createOwner(headgate);
  await waitFor("three collectors", async () => {
    const rows = await api.trpc.fleet.list.query();
    return rows.length === 3 && rows.every(({ configState }) => configState === "in-sync");
  });
  ({ id } = await api.trpc.policies.create.mutate({ name: "checkout", body: policy(0.5) }));
});
test.afterAll(() => headgate?.remove());

/** From the editor or a version's page. */
async function tryIt(page: Page, how: "On live traffic" | "On the last hours"): Promise<void> {
  await page.getByRole("button", { name: "Try", exact: true }).click();
  await page.getByRole("menuitem", { name: how }).click();
}

test("a saved version and a draft are tried on sample traffic, with live figures, examples that can be explained, and an end", async ({ browser }) => {
  test.setTimeout(600_000);
  const context = await signedInContext(browser, headgate.http);
  const page = await context.newPage();

  // A version, from its page.
  await page.goto(`/sampling/${id}/versions/1`);
  await tryIt(page, "On live traffic");
  await expect(page).toHaveURL(/\/compare\?policy=/);
  await expect(page.getByText("Nothing has been tried yet")).toBeVisible();
  await expect(page.getByRole("combobox", { name: "Version" })).toContainText("v1");
  await page.getByRole("button", { name: "Try it" }).click();
  await expect(page).toHaveURL(/\/compare\?run=/);
  await expect(page.getByRole("heading", { level: 1, name: "checkout v1" })).toBeVisible();

  // Half of everything instead of what the four tiers of the sample keep.
  const verdict = page.locator("[data-slot=verdict]");
  await expect(verdict).toContainText(/checkout v1 would keep (4\d|5\d)(\.\d)?% instead of \d(\.\d)?%: .* a month more, ± \$/, { timeout: 60_000 });
  await expect(page.getByRole("region", { name: "Where they disagree", exact: true }).getByRole("row")).toHaveCount(3);
  await expect(page.getByRole("region", { name: "By service", exact: true }).getByRole("row")).not.toHaveCount(1);
  await expect(page.getByText("It has run for less than five minutes")).toBeVisible();
  const seen = page.getByRole("region", { name: "Tried on", exact: true });
  await expect(seen.getByText("counting")).toHaveCount(3);
  const before = await verdict.textContent();
  await expect(verdict).not.toHaveText(before ?? "", { timeout: 60_000 });
  await expectLooks(page, "compare-live");

  // Each example leads to the collectors' own account of it.
  const example = page.getByRole("region", { name: "Examples", exact: true }).getByRole("link").first();
  await example.click();
  await expect(page).toHaveURL(/\/live\?trace=[0-9a-f]{32}/);
  await page.goBack();

  // A collector tries one policy at a time, and the refusal names the other.
  await page.getByRole("link", { name: "Try another…" }).click();
  await page.getByRole("button", { name: "Try it" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "is trying checkout v1 at this moment" })).toBeVisible();
  await page.getByRole("region", { name: "Latest comparisons", exact: true }).getByRole("link", { name: "checkout v1" }).click();
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.locator("[data-slot=status]").filter({ hasText: "stopped" }).first()).toBeVisible();

  // The same version over what the collectors have recorded since they began: seconds, and about the same answer.
  await page.goto(`/sampling/${id}/versions/1`);
  await tryIt(page, "On the last hours");
  await expect(page.getByText(/^All have a recording: the last .* of the traces now\.$/)).toBeVisible();
  await page.getByRole("button", { name: "Try it" }).click();
  await expect(verdict).toContainText(
    /^checkout v1 would have kept (4\d|5\d)(\.\d)?% instead of \d(\.\d)?% over the recorded \d+ (s|min) until \d\d:\d\d: .* a month more, ± \$/,
    {
      timeout: 60_000,
    },
  );
  await expect(page.locator("[data-slot=status]").filter({ hasText: "ended" })).toHaveCount(4);
  await expect(page.getByText(/^Less was recorded than asked for: as little as \d+ (s|min) instead of 6 h\.$/)).toBeVisible();
  await shoot(page, "compare-recorded");

  // A draft, straight from the editor, on one collector.
  await page.goto(`/sampling/${id}`);
  await setKeep(page, 1, "10");
  await tryIt(page, "On live traffic");
  await expect(page.getByRole("combobox", { name: "Version" })).toContainText("my draft");
  const [collector] = await api.trpc.fleet.list.query();
  await choose(page, "On the traffic of", collector.name);
  await expectLooks(page, "compare-form");
  await page.getByRole("button", { name: "Try it" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "checkout (draft on v1)" })).toBeVisible();
  await expect(verdict).toContainText(/would keep (\d|1\d)(\.\d)?% instead of \d(\.\d)?%/, { timeout: 60_000 });
  await context.close();
});
