import { expect, test } from "@playwright/test";
import { type Api, createOwner } from "#tests/fixtures/api.ts";
import { type Headgate, startHeadgate } from "#tests/fixtures/headgate.ts";
import { waitFor } from "#tests/fixtures/waitFor.ts";
import { expectLooks, signedInContext } from "./browser.ts";

let headgate: Headgate;
let owner: Api;
test.beforeAll(async () => {
  headgate = await startHeadgate({ demo: true });
  owner = await createOwner(headgate);
});
test.afterAll(() => headgate?.remove());

test("everything is kept for a while, every page says so with what it costs, and it ends when somebody says so", async ({ browser }) => {
  test.setTimeout(300_000);
  const [policy] = await owner.trpc.policies.list.query();
  const body = { scope: "span" as const, tiers: [{ name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio: 0.01 } }] };
  const { version } = await owner.trpc.policies.saveVersion.mutate({ id: policy.id, baseVersion: policy.currentVersion, body });
  await owner.trpc.revisions.start.mutate({ kind: "policy", id: policy.id, version });
  await waitFor("the policy to sample out", async () => {
    const { estimate } = await owner.trpc.breakGlass.preview.query({ condition: { kind: "always" }, minutes: 30 });
    return estimate.kind === "measured" && estimate.bytesPerS > 0;
  });

  const context = await signedInContext(browser, headgate.http);
  const page = await context.newPage();
  await page.goto("/live");
  await page.getByRole("link", { name: "Keep everything…" }).click();
  const dialog = page.getByRole("dialog", { name: /^Break glass/ });
  await dialog.getByRole("combobox", { name: "Of" }).click();
  await page.getByRole("option", { name: "everything" }).click();
  await dialog.getByRole("textbox", { name: "Why" }).fill("Checkout is failing, INC-1234");
  await expect(dialog.locator("[data-slot=break-glass-cost]")).toContainText(
    /\$\d.* for 30 minutes: what is sampled out now\. It reaches 3 connected collectors\./,
  );
  await expectLooks(page, "break-glass-dialog");
  await dialog.getByRole("button", { name: "Keep everything for 30 minutes" }).click();
  const banner = page.locator("[data-break-glass]");
  await expect(banner).toContainText(/everything is kept in full for another (29:\d\d|30:00)/);
  await expect(banner).toContainText("By Olga Owner: Checkout is failing, INC-1234.");
  await expect(banner).toContainText(/So far [\d,]+ spans, /, { timeout: 60_000 });

  await page.goto("/sampling");
  await expect(banner).toContainText("everything is kept in full");
  await page.getByRole("button", { name: "30 more minutes" }).click();
  await expect(banner).toContainText(/for another 59:\d\d/);
  await expectLooks(page, "break-glass-banner");

  await page.getByRole("button", { name: "End now" }).click();
  await page
    .getByRole("dialog", { name: /^End keeping/ })
    .getByRole("button", { name: "End now" })
    .click();
  await expect(banner).toHaveCount(0);
  await page.goto("/break-glass");
  const row = page.locator("[data-break-glass-row]");
  await expect(row).toContainText("ended by Olga Owner");
  await expect(row).toContainText(/[\d,]+ spans, /);
  await expectLooks(page, "break-glass-past");
  await context.close();
});
