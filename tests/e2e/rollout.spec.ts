import { expect, type Page, test } from "@playwright/test";
import { type Api, createOwner } from "#tests/fixtures/api.ts";
import { type Headgate, startHeadgate } from "#tests/fixtures/headgate.ts";
import { waitFor } from "#tests/fixtures/waitFor.ts";
import { expectLooks, shoot, signedInContext } from "./browser.ts";

const policy = (ratio: number) => ({
  scope: "span" as const,
  tiers: [{ name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio } }],
});

let headgate: Headgate;
let api: Api;
let policyId: string;

test.beforeAll(async () => {
  headgate = await startHeadgate({ demo: true });
  api = await createOwner(headgate);
  await waitFor(
    "three collectors",
    async () => {
      const rows = await api.trpc.fleet.list.query();
      return rows.length === 3 && rows.every(({ configState }) => configState === "in-sync");
    },
    { timeoutMs: 60_000 },
  );
  ({ id: policyId } = await api.trpc.policies.create.mutate({ name: "staged", body: policy(0.5) }));
  await api.trpc.policies.saveVersion.mutate({ id: policyId, baseVersion: 1, body: policy(0.25) });
});
test.afterAll(() => headgate?.remove());

/** From a version's page to the form of the plan. */
async function openPlan(page: Page, version: number) {
  await page.goto(`/sampling/${policyId}/versions/${version}`);
  await page.getByRole("button", { name: /^Apply v\d+…/ }).click();
  await page.getByRole("button", { name: "Roll out in stages…" }).click();
  const dialog = page.getByRole("dialog", { name: `Roll out staged v${version} in stages` });
  await expect(dialog).toContainText("3 collectors; takes");
  return dialog;
}

/** A stage lasts seconds here: windows are short, and gates that take many of them are not looked at. */
async function withQuickGates(dialog: ReturnType<Page["getByRole"]>) {
  await dialog.getByText("must hold in every stage").click();
  await dialog.getByRole("textbox", { name: "Limit: Window, s" }).fill("1");
  for (const gate of ["P99 acknowledgement", "Memory"]) await dialog.getByRole("checkbox", { name: `Look at: ${gate}` }).uncheck();
  await dialog.getByRole("checkbox", { name: /^The share that is kept/ }).uncheck();
}

test("a version goes to a canary, passes, waits for a person, and completes", async ({ browser }) => {
  test.setTimeout(300_000);
  const context = await signedInContext(browser, headgate.http);
  const page = await context.newPage();
  await page.goto("/rollouts");
  await expect(page.getByText("Nothing has been rolled out in stages yet")).toBeVisible();

  const dialog = await openPlan(page, 1);
  await dialog.getByRole("radio", { name: "Quick" }).click();
  const first = dialog.getByRole("listitem", { name: "Stage 1" });
  await first.getByRole("textbox", { name: /^How many/ }).fill("none");
  await expect(first.getByRole("alert")).toContainText("must be a number");
  await expect(dialog.getByRole("button", { name: "Start the rollout" })).toBeDisabled();
  await first.getByRole("textbox", { name: /^How many/ }).fill("1");
  for (const stage of [1, 2]) await dialog.getByRole("textbox", { name: `Watched for, stage ${stage}` }).fill("4");
  await dialog.getByRole("checkbox", { name: "A person opens stage 2" }).check();
  await withQuickGates(dialog);
  await expect(dialog).toContainText("1 → 3 of 3 collectors; takes 8 s at least, and one approval.");
  await expectLooks(page, "rollout-plan");
  await dialog.getByRole("button", { name: "Start the rollout" }).click();

  await expect(page).toHaveURL(/\/rollouts\/1$/);
  await expect(page.locator('[data-stage="0"][data-state="passed"]')).toBeVisible({ timeout: 60_000 });
  const verdict = page.locator("[data-slot=verdict]");
  await expect(verdict).toContainText("Stage 2 (all) waits for somebody to open it");
  await expect(verdict).toContainText("1 of 3 collectors run v1");
  await expect(page.locator('[data-count="changed"]')).toContainText("1");
  await shoot(page, "rollout-waits");
  await page.goto("/");
  await expect(page.getByText("A rollout is under way")).toBeVisible();
  await page.goto("/rollouts?outcome=live");
  await expect(page.locator('[data-rollout="1"]')).toContainText("waits for approval");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Rollout 1" })).toBeVisible();
  await page.keyboard.press("a");
  await page.getByRole("dialog", { name: "Open stage 2?" }).getByRole("button", { name: "Approve and open" }).click();
  await expect(page.locator("[data-slot=verdict][data-phase=completed]")).toContainText("All 3 collectors run v1", { timeout: 60_000 });
  await expect(page.getByRole("list", { name: "What happened" })).toContainText("Completed: the group runs it");
  await expectLooks(page, "rollout-completed");
  const running = await api.trpc.revisions.current.query();
  expect(running.policy).toMatchObject({ id: policyId, version: 1 });
  await context.close();
});

test("a rollout that is aborted goes back, and says so", async ({ browser }) => {
  test.setTimeout(300_000);
  const context = await signedInContext(browser, headgate.http);
  const page = await context.newPage();
  const before = await api.trpc.revisions.current.query();
  const dialog = await openPlan(page, 2);
  await dialog.getByRole("radio", { name: "Usual" }).click();
  // With it the first stage would wait until five minutes of traffic are measured.
  await dialog.getByText("must hold in every stage").click();
  await dialog.getByRole("checkbox", { name: "Look at: P99 acknowledgement" }).uncheck();
  await dialog.getByRole("textbox", { name: "Why" }).fill("to see it go back");
  await dialog.getByRole("button", { name: "Start the rollout" }).click();
  await expect(page.locator('[data-stage="0"][data-state="baking"]')).toBeVisible({ timeout: 60_000 });
  const [name] = await waitFor("a changed collector", async () => {
    const number = Number(/\d+$/.exec(page.url())?.[0]);
    const changed = (await api.trpc.rollouts.collectorPage.query({ number, state: "changed" })).items;
    return changed.length === 1 && changed.map((one) => one.name);
  });
  await expectLooks(page, "rollout-baking");
  await page.getByRole("listbox", { name: "Collectors by state" }).focus();
  await expect(page.locator("[data-slot=cell-name]")).toContainText(`${name} runs the new version`);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(page.getByText(/^In stage 1/)).toBeVisible();
  await page.goBack();
  await page.getByRole("button", { name: /^Abort…/ }).click();
  const aborting = page.getByRole("dialog", { name: /^Abort rollout \d+\?/ });
  await expect(aborting).toContainText("1 collector goes back");
  await aborting.getByRole("textbox", { name: "Why" }).fill("seen enough");
  await aborting.getByRole("button", { name: "Abort and go back" }).click();
  const verdict = page.locator("[data-slot=verdict][data-phase=rolledBack]");
  await expect(verdict).toContainText("Olga Owner asked for it: “seen enough”", { timeout: 60_000 });
  await expect(verdict).toContainText("0 spans lost");
  await expect(page.getByRole("button", { name: /^Abort…/ })).toHaveCount(0);
  await expectLooks(page, "rollout-aborted");
  const after = await api.trpc.revisions.current.query();
  expect(after.policy).toEqual(before.policy);
  await waitFor("all to run what ran before", async () => {
    const rows = await api.trpc.fleet.list.query();
    return rows.every(({ runningHash }) => runningHash === after.hash);
  });
  await context.close();
});

test("while all changes are stopped every page says so and nothing starts, until an admin lets them through", async ({ browser }) => {
  const context = await signedInContext(browser, headgate.http);
  const page = await context.newPage();
  await page.goto("/rollouts");
  await page.getByRole("button", { name: "Stop all changes…" }).click();
  const dialog = page.getByRole("dialog", { name: "Stop all changes?" });
  await dialog.getByRole("textbox", { name: "Why" }).fill("an incident");
  await dialog.getByRole("button", { name: "Stop all changes" }).click();
  await expect(page.getByText("All changes are stopped", { exact: true }).first()).toBeVisible();
  await page.goto("/live");
  await expect(page.getByText(/since .* by Olga Owner: “an incident”/)).toBeVisible();
  await page.getByRole("button", { name: "Let changes through" }).click();
  await expect(page.getByText(/“an incident”/)).toHaveCount(0);
  await context.close();
});
