import { expect, test } from "@playwright/test";
import { type Api, createOwner, signIn } from "#tests/fixtures/api.ts";
import { type Headgate, startHeadgate } from "#tests/fixtures/headgate.ts";
import { waitFor } from "#tests/fixtures/waitFor.ts";
import { choose, expectLooks, figure, setKeep, signedInContext } from "./browser.ts";

const VIEWER = { name: "Vera Viewer", email: "vera@example.com", password: "a long enough password" };

let headgate: Headgate;
let owner: Api;
/** Of the three collectors; the first two are in Europe. */
let names: string[];

test.beforeAll(async () => {
  headgate = await startHeadgate({ demo: true });
  owner = await createOwner(headgate);
  const rows = await waitFor("three collectors", async () => {
    const listed = await owner.trpc.fleet.list.query();
    return listed.length === 3 && listed.every(({ configState }) => configState === "in-sync") && listed;
  });
  for (const { id, labels } of rows.slice(0, 2)) await owner.trpc.fleet.setLabels.mutate({ id, labels: { ...labels, region: "eu" } });
  names = rows.map(({ name }) => name);
  const { url } = await owner.trpc.people.invite.mutate({ role: "viewer", email: VIEWER.email });
  const body = JSON.stringify({ token: new URL(url).searchParams.get("token"), ...VIEWER });
  const made = await fetch(`${headgate.http}/api/setup`, { method: "POST", headers: { "content-type": "application/json", origin: headgate.http }, body });
  expect(made.status).toBe(200);
});
test.afterAll(() => headgate?.remove());

test("a Collector's configuration becomes a policy that a group runs, with drift told and reverted", async ({ browser }) => {
  test.setTimeout(360_000);
  const context = await signedInContext(browser, headgate.http);
  const page = await context.newPage();

  // What was pasted means something else than it looks: found, and put right.
  await page.goto("/sampling/import");
  await page.getByRole("button", { name: "Example" }).click();
  await expect(page.getByRole("region", { name: "tail_sampling", exact: true })).toContainText("silently ignored");
  await expect(page.getByRole("region", { name: "As it runs" }).getByRole("listitem").filter({ hasText: "important APIs" })).toContainText("100%");
  await page.getByRole("button", { name: "Combine string_attribute and probabilistic" }).click();
  await expect(page.getByRole("region", { name: "As it runs" }).getByRole("listitem").filter({ hasText: "important APIs" })).toContainText("50%");

  // Changed before it is saved, and saved with a reason.
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("from the Collector");
  await page.getByRole("button", { name: "Edit it first" }).click();
  await expect(page).toHaveURL(/\/sampling\/new\?from=imported-/);
  await expect(page.getByRole("textbox", { name: "Name", exact: true })).toHaveValue("from the Collector");
  await setKeep(page, 3, "25");
  await expectLooks(page, "story-draft");
  await page.getByRole("button", { name: "Save as v1…" }).click();
  const saving = page.getByRole("dialog", { name: /^Save / });
  await saving.getByRole("textbox", { name: /^Message/ }).fill("A quarter of the important APIs is enough in Europe");
  await saving.getByRole("button", { name: /^Save (as )?v1$/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "from the Collector" })).toBeVisible();
  const policyUrl = page.url();

  // A group for it.
  await page.goto("/groups");
  await page.getByRole("link", { name: "New group" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Europe");
  await page.getByRole("textbox", { name: "Selector" }).fill("region=eu");
  await expect(page.locator("[data-preview=current]")).toContainText("It matches 2 of 3 collectors");
  await page.getByRole("button", { name: "Create the group" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Europe" })).toBeVisible();
  const groupUrl = page.url();
  await page.goto(policyUrl);
  await page.getByRole("button", { name: "Apply v1…" }).click();
  const applying = page.getByRole("dialog", { name: "Apply from the Collector v1?" });
  await applying.getByRole("checkbox", { name: /^Europe/ }).check();
  await applying.getByRole("button", { name: "Apply to Europe" }).click();
  await page.locator('[data-apply="done"]').waitFor();
  await expect(page.getByRole("dialog", { name: /^Applied: / })).toContainText("All 2 connected collectors have taken it");
  await page.getByRole("button", { name: "Done" }).click();

  // Collectors run it, on live traffic.
  await page.goto("/sampling");
  const row = page.getByRole("row", { name: /from the Collector/ });
  await expect(row).toContainText("%");
  await page.goto("/fleet");
  await page.getByRole("link", { name: names[0], exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: names[0] })).toBeVisible();
  await expect(page.getByText("Europe").first()).toBeVisible();
  await expectLooks(page, "story-collector");

  // One of them is overridden: drift, with who, until when and why; then back.
  await page.getByRole("button", { name: "Override…" }).click();
  const overriding = page.getByRole("dialog", { name: `Override what ${names[0]} runs` });
  await choose(overriding, "Policy", "keep everything");
  await overriding.getByRole("textbox", { name: "Reason" }).fill("looking for a lost trace");
  await overriding.getByRole("button", { name: "Override", exact: true }).click();
  await expect(page.getByText(/^Overridden until/)).toBeVisible();
  await page.goto(groupUrl);
  await expect(page.locator(`[data-drift="${names[0]}"]`)).toContainText(
    /runs keep everything v1 instead of from the Collector v1: overridden until .* by Olga Owner: “looking for a lost trace”/,
  );
  await expectLooks(page, "story-drift");
  await page.locator(`[data-drift="${names[0]}"]`).getByRole("link", { name: names[0] }).click();
  await page.getByRole("button", { name: "End it now" }).click();
  await page.goto(groupUrl);
  await expect(page.getByText("All 2 collectors run exactly this.")).toBeVisible();

  // All of it is in the audit.
  await page.goto("/audit?q=Europe");
  await expect(page.getByRole("row", { name: /Europe/ }).first()).toBeVisible();
  await context.close();
});

test("a viewer is refused by the pages and by the API", async ({ browser }) => {
  const context = await browser.newContext({ baseURL: headgate.http, viewport: { width: 1440, height: 900 } });
  const signedIn = await context.request.post("/api/auth/sign-in/email", {
    data: { email: VIEWER.email, password: VIEWER.password },
    headers: { origin: headgate.http },
  });
  expect(signedIn.ok()).toBe(true);
  const page = await context.newPage();
  await page.goto("/sampling");
  await expect(page.getByRole("heading", { level: 1, name: "Sampling" })).toBeVisible();
  await expect(page.getByRole("button", { name: "New policy" })).toHaveCount(0);
  await page.goto("/sampling/new?from=four-tiers");
  await expect(page.getByRole("button", { name: /^Save/ })).toHaveCount(0);
  await page.goto("/groups/new");
  await expect(page.getByRole("button", { name: "Create the group" })).toHaveCount(0);
  await expectLooks(page, "story-viewer");
  await page.goto("/live");
  await expect(figure(page, "In")).toContainText("spans/s");
  await context.close();

  const { trpc } = await signIn(headgate.http, VIEWER);
  const [collector] = await trpc.fleet.list.query();
  const body = { scope: "span" as const, tiers: [{ name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio: 1 } }] };
  for (const call of [
    trpc.policies.create.mutate({ name: "a viewer's", body }),
    trpc.groups.create.mutate({ name: "a viewer's", selector: "region=eu" }),
    trpc.fleet.setLabels.mutate({ id: collector.id, labels: {} }),
  ])
    await expect(call).rejects.toThrow(/editor/);
});
