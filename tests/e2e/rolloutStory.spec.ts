import { expect, type Page, test } from "@playwright/test";
import { type Api, createOwner } from "#tests/fixtures/api.ts";
import { type Headgate, startHeadgate } from "#tests/fixtures/headgate.ts";
import { slowRequests } from "#tests/fixtures/slowRequests.ts";
import { waitFor } from "#tests/fixtures/waitFor.ts";
import { expectLooks, setKeep, shoot, signedInContext } from "./browser.ts";

const half = {
  scope: "span" as const,
  tiers: [{ name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio: 0.5 } }],
};

let headgate: Headgate;
let api: Api;
let policyId: string;

test.beforeAll(async () => {
  headgate = await startHeadgate({ demo: true });
  api = await createOwner(headgate);
  await waitFor("three collectors", async () => {
    const rows = await api.trpc.fleet.list.query();
    return rows.length === 3 && rows.every(({ configState }) => configState === "in-sync");
  });
  ({ id: policyId } = await api.trpc.policies.create.mutate({ name: "checkout", body: half }));
});
test.afterAll(() => headgate?.remove());

test("a draft is tried, rolled out, taken back when latency rises in its second stage, and completed once that is mended", async ({ browser }) => {
  test.setTimeout(900_000);
  const context = await signedInContext(browser, headgate.http);
  // Somebody watches, so there is a figure of each second to compare with.
  const live = await context.newPage();
  await live.goto("/live");
  const page = await context.newPage();
  const verdict = page.locator("[data-slot=verdict]");

  await test.step("the draft is tried on live traffic, and saved", async () => {
    await page.goto(`/sampling/${policyId}`);
    await setKeep(page, 1, "40");
    await page.getByRole("button", { name: "Try", exact: true }).click();
    await page.getByRole("menuitem", { name: "On live traffic" }).click();
    await page.getByRole("button", { name: "Try it" }).click();
    await expect(verdict).toContainText(/would keep [34]\d(\.\d)?% instead of \d/, { timeout: 60_000 });
    await page.getByRole("button", { name: "Stop" }).click();
    await page.goto(`/sampling/${policyId}`);
    await page.getByRole("button", { name: /^Save as v2/ }).click();
    const saving = page.getByRole("dialog", { name: /^Save / });
    await saving.getByRole("textbox", { name: /^Message/ }).fill("Two in five are enough");
    await saving.getByRole("button", { name: /^Save (as )?v2$/ }).click();
    await expect(page.getByText(/^Saved checkout v2/)).toBeVisible();
  });

  await test.step("its forecast comes from the version on live traffic", async () => {
    await page.goto(`/compare?policy=${policyId}&version=2`);
    await page.getByRole("button", { name: "Try it" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "checkout v2" })).toBeVisible();
    await expect(verdict).toContainText(/would keep [34]\d(\.\d)?% instead of \d/, { timeout: 60_000 });
    const run = new URL(page.url()).searchParams.get("run") ?? "";
    await waitFor("spans to go by", async () => ((await api.trpc.compare.get.query({ id: run })).forecast?.basis.spans ?? 0) > 20_000, { timeoutMs: 60_000 });
    await page.getByRole("link", { name: "Apply v2…" }).click();
  });

  await test.step("the canary passes; in stage two latency rises, and all go back with the evidence", async () => {
    await startRollout(page, { stages: 3 });
    await expect(page).toHaveURL(/\/rollouts\/1$/);
    await expect(page.locator('[data-stage="0"][data-state="passed"]')).toBeVisible({ timeout: 120_000 });
    const second = await waitFor("the second collector", async () => {
      const joined = (await api.trpc.rollouts.collectorPage.query({ number: 1, stage: 1 })).items[0];
      return joined && headgate.collectors.find(({ name }) => name === joined.name);
    });
    const slow = slowRequests(second.otlpHttp);
    try {
      await expect(page.locator("[data-slot=verdict][data-phase=rolledBack]")).toContainText("P99", { timeout: 120_000 });
    } finally {
      await slow.stop();
    }
    await expect(verdict).toContainText("0 spans lost");
    await expect(page.locator('[data-gate="p99"][data-state="fail"]')).toBeVisible();
    const evidence = page.getByRole("region", { name: "Evidence" });
    await expect(evidence).toContainText("P99 acknowledgement failed at");
    await expect(evidence.getByRole("link", { name: second.name, exact: true })).toBeVisible();
    await expectLooks(page, "rollout-story-rolled-back");
    const { log, reason } = await api.trpc.rollouts.get.query({ number: 1 });
    expect(reason).toMatchObject({ kind: "gateFailed", gate: "p99" });
    const at = (kind: string) => log.find(({ step }) => step.kind === kind)?.atMs ?? 0;
    expect(at("rolledBack") - at("rollingBack")).toBeLessThanOrEqual(10_000);
    await waitFor("all to run what ran before", async () => (await api.trpc.fleet.list.query()).every(({ configState }) => configState === "in-sync"));
  });

  await test.step("mended, it goes out to all, and what is kept is what was forecast", async () => {
    await page.goto(`/sampling/${policyId}?apply=2`);
    await startRollout(page, { stages: 2 });
    await expect(page).toHaveURL(/\/rollouts\/2$/);
    await expect(page.locator("[data-slot=verdict][data-phase=completed]")).toContainText("All 3 collectors run v2", { timeout: 420_000 });
    const kept = page.getByRole("region", { name: "Forecast and what came" }).getByRole("row", { name: /^Kept share/ });
    await expect(kept).toContainText(/\d/);
    await expectLooks(page, "rollout-story-completed");
    const { outcome, forecast } = await api.trpc.rollouts.get.query({ number: 2 });
    expect(outcome?.keptShare.came).toBeGreaterThanOrEqual(forecast?.low ?? 1);
    expect(outcome?.keptShare.came).toBeLessThanOrEqual(forecast?.high ?? 0);
    await page.goto("/rollouts");
    await expect(page.locator('[data-rollout="2"]')).toBeVisible();
    await shoot(page, "rollout-story-list");
  });
  await context.close();
});

/** From the dialog that asks whether to apply: a plan of two or three stages that are watched for seconds, and the start. */
async function startRollout(page: Page, { stages }: { stages: 2 | 3 }): Promise<void> {
  await page.getByRole("button", { name: "Roll out in stages…" }).click();
  const dialog = page.getByRole("dialog", { name: "Roll out checkout v2 in stages" });
  await expect(dialog).toContainText("Forecast, from the comparison of");
  await dialog.getByRole("radio", { name: "Quick" }).click();
  if (stages === 3) await dialog.getByRole("button", { name: "Add a stage" }).click();
  for (let stage = 1; stage <= stages; stage++) await dialog.getByRole("textbox", { name: `Watched for, stage ${stage}` }).fill("40");
  await dialog.getByText("must hold in every stage").click();
  await dialog.getByRole("textbox", { name: "Limit: Window, s" }).fill("1");
  // Few requests a second, and a busy machine: what is looked for is far above both.
  await dialog.getByRole("textbox", { name: "Limit: P99 acknowledgement, %" }).fill("300");
  await dialog.getByRole("checkbox", { name: "Look at: Memory" }).uncheck();
  await expect(dialog).toContainText(stages === 3 ? "1 → 2 → 3 of 3 collectors" : "1 → 3 of 3 collectors");
  await dialog.getByRole("button", { name: "Start the rollout" }).click();
}
