import { expect, type Page, test } from "@playwright/test";
import { type Api, createOwner } from "#tests/fixtures/api.ts";
import { type Headgate, startHeadgate } from "#tests/fixtures/headgate.ts";
import { waitFor } from "#tests/fixtures/waitFor.ts";
import { choose, expectLooks, shoot, signedInContext } from "./browser.ts";

const policy = (ratio: number) => ({
  scope: "span" as const,
  tiers: [{ name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio } }],
});

let headgate: Headgate;
let api: Api;
let names: string[];
test.beforeAll(async () => {
  headgate = await startHeadgate({ demo: true });
  api = await createOwner(headgate);
  names = await waitFor("three collectors", async () => {
    const rows = await api.trpc.fleet.list.query();
    return rows.length === 3 && rows.every(({ configState }) => configState === "in-sync") && rows.map(({ name }) => name);
  });
  const { id } = await api.trpc.policies.create.mutate({ name: "for Europe", body: policy(0.5) });
  await api.trpc.policies.saveVersion.mutate({ id, baseVersion: 1, body: policy(0.25) });
});
test.afterAll(() => headgate?.remove());

/** Opens a collector's page and gives it one more label. */
async function addLabel(page: Page, collector: string, name: string, value: string): Promise<void> {
  await page.goto("/fleet");
  await page.getByRole("link", { name: collector, exact: true }).click();
  await page.getByRole("button", { name: "Edit labels…" }).click();
  const dialog = page.getByRole("dialog", { name: `Labels of ${collector}` });
  await dialog.getByRole("button", { name: "Add a label" }).click();
  await dialog
    .getByRole("textbox", { name: /^Name of label/ })
    .last()
    .fill(name);
  await dialog
    .getByRole("textbox", { name: /^Value of label/ })
    .last()
    .fill(value);
  await shoot(page, "groups-labels");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
}

test("a group is made by a selector, given a policy, one of its collectors overridden and shown as different, and reverted", async ({ browser }) => {
  test.setTimeout(600_000);
  const context = await signedInContext(browser, headgate.http);
  const page = await context.newPage();
  const [first, second] = names;
  await addLabel(page, first, "region", "eu");
  await addLabel(page, second, "region", "eu");

  await page.keyboard.press("g");
  await page.keyboard.press("r");
  await expect(page).toHaveURL(/\/groups$/);
  await expect(page.getByText("One configuration goes to all collectors")).toBeVisible();
  await expectLooks(page, "groups-one");
  await page.getByRole("link", { name: "New group" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Europe");
  const selector = page.getByRole("textbox", { name: "Selector" });
  await selector.fill("region in eu");
  await expect(page.getByRole("alert").filter({ hasText: "the values stand in parentheses" })).toBeVisible();
  await selector.fill("region in (nowhere)");
  await expect(page.locator("[data-preview=current]")).toContainText("It matches 0 of 3 collectors");
  await page.getByRole("button", { name: "Create the group" }).click();
  await expect(page.getByRole("dialog", { name: "Is that meant?" })).toContainText("matches none of the 3 collectors");
  await page.keyboard.press("Escape");
  await selector.fill("region in (eu)");
  await expect(page.locator("[data-preview=current]")).toContainText("It matches 2 of 3 collectors; 2 would be in the group.");
  await expect(page.getByRole("region", { name: "Enter" })).toContainText("from All other collectors");
  await expectLooks(page, "groups-new");
  await page.getByRole("button", { name: "Create the group" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Europe" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Runs", exact: true })).toContainText("Nothing was applied to it yet");
  const groupUrl = page.url();

  // A version of a policy for that group alone.
  await page.goto("/sampling");
  await page.getByRole("link", { name: "for Europe", exact: true }).click();
  await page.getByRole("button", { name: "Apply v2…" }).click();
  const applying = page.getByRole("dialog", { name: "Apply for Europe v2?" });
  await expect(applying.getByRole("button", { name: "Choose a group" })).toBeDisabled();
  await applying.getByRole("checkbox", { name: /^Europe/ }).check();
  await expect(applying).toContainText("2 connected collectors get it at once");
  await shoot(page, "groups-apply");
  await applying.getByRole("button", { name: "Apply to Europe" }).click();
  await page.locator('[data-apply="done"]').waitFor();
  await expect(page.getByRole("dialog", { name: /^Applied: / })).toContainText("All 2 connected collectors have taken it");
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText("v2 runs in Europe")).toBeVisible();
  await page.goto(groupUrl);
  await expect(page.getByText("All 2 collectors run exactly this.")).toBeVisible();

  // One of its collectors runs the version before, for an hour.
  await page.getByRole("region", { name: "Collectors", exact: true }).getByRole("link", { name: first, exact: true }).click();
  await page.getByRole("button", { name: "Override…" }).click();
  const overriding = page.getByRole("dialog", { name: `Override what ${first} runs` });
  await choose(overriding, "Policy", "for Europe");
  await choose(overriding, "Version", "v1");
  await overriding.getByRole("textbox", { name: "Reason" }).fill("to compare");
  await shoot(page, "groups-override");
  await overriding.getByRole("button", { name: "Override", exact: true }).click();
  await expect(page.getByText(/^Overridden until/)).toBeVisible();
  await shoot(page, "groups-collector");
  await page.goto(groupUrl);
  const drift = page.locator(`[data-drift="${first}"]`);
  await expect(drift).toContainText(/runs for Europe v1 instead of v2: overridden until .* by Olga Owner: “to compare”/);
  await expect(page.getByText("1 differ")).toBeVisible();
  await expectLooks(page, "groups-drift");
  await page.goto("/groups");
  await expect(page.locator("[data-group=Europe]")).toContainText("1 differ");
  await expectLooks(page, "groups");

  // And back.
  await page.goto(groupUrl);
  await drift.getByRole("link", { name: first }).click();
  await page.getByRole("button", { name: "End it now" }).click();
  await expect(page.getByText(/^Overridden until/)).toBeHidden();
  await page.goto(groupUrl);
  await expect(page.getByText("All 2 collectors run exactly this.")).toBeVisible();

  // A second version, and back to the first by the group's history.
  const [{ id }] = (await api.trpc.policies.list.query()).filter(({ name }) => name === "for Europe");
  await page.goto(`/sampling/${id}/versions/1`);
  await page.getByRole("button", { name: "Apply v1…" }).click();
  const again = page.getByRole("dialog", { name: "Apply for Europe v1?" });
  await expect(again.getByRole("checkbox", { name: /^Europe/ })).toBeChecked();
  await again.getByRole("button", { name: "Apply to Europe" }).click();
  await page.locator('[data-apply="done"]').waitFor();
  await page.goto(groupUrl);
  const history = page.getByRole("region", { name: "History" });
  await history.getByRole("listitem").nth(1).getByRole("button", { name: "Go back to it…" }).click();
  await page
    .getByRole("dialog", { name: /^Go back to revision/ })
    .getByRole("button", { name: "Go back", exact: true })
    .click();
  await expect(history.getByRole("listitem").first()).toContainText(/for Europe v2/);
  await expect(page.getByText("All 2 collectors run exactly this.")).toBeVisible();
  await context.close();
});
