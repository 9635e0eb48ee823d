import { expect, test } from "@playwright/test";
import { type Api, createOwner } from "#tests/fixtures/api.ts";
import { type Headgate, startHeadgate } from "#tests/fixtures/headgate.ts";
import { expectLooks, expectNoViolations, setKeep, shoot, signedInContext, tier } from "./browser.ts";

let headgate: Headgate;
let api: Api;
test.beforeAll(async () => {
  headgate = await startHeadgate();
  api = await createOwner(headgate);
});
test.afterAll(() => headgate?.remove());

test("two people save the same policy: the second is shown what the first changed, and nothing is overwritten", async ({ browser }) => {
  const [policy] = await api.trpc.policies.list.query();
  const [first, second] = await Promise.all([signedInContext(browser, headgate.http), signedInContext(browser, headgate.http)]);
  const [one, two] = await Promise.all([first.newPage(), second.newPage()]);
  for (const page of [one, two]) {
    await page.goto(`/sampling/${policy.id}`);
    await expect(tier(page, 1)).toBeVisible();
  }
  await setKeep(one, 1, "80");
  await setKeep(two, 1, "20");
  const save = async (page: typeof one) => {
    await page.getByRole("button", { name: /^Save as v2/ }).click();
    await page
      .getByRole("dialog", { name: /^Save / })
      .getByRole("button", { name: /^Save/ })
      .first()
      .click();
  };
  await save(one);
  await expect(one.getByText(/^Saved .* v2/)).toBeVisible();
  await save(two);
  const conflict = two.getByRole("dialog", { name: /saved v2 while you were editing v1/ });
  await expect(conflict).toBeVisible();
  await expect(conflict).toContainText("ratio: 0.8");
  await shoot(two, "conflict");
  expect((await api.trpc.policies.get.query({ id: policy.id })).currentVersion).toBe(2);
  expect((await api.trpc.policies.version.query({ id: policy.id, number: 2 })).body.tiers[0].keep).toEqual({ kind: "ratio", ratio: 0.8 });

  await conflict.getByRole("button", { name: /on top of v2/ }).click();
  await expect(tier(two, 1).getByRole("textbox", { name: /keep, in per cent/ })).toHaveValue("20");
  await two.getByRole("button", { name: /^Save as v3/ }).click();
  await two
    .getByRole("dialog", { name: /^Save / })
    .getByRole("button", { name: /^Save/ })
    .first()
    .click();
  await expect(two.getByText(/^Saved .* v3/)).toBeVisible();
  expect((await api.trpc.policies.version.query({ id: policy.id, number: 2 })).body.tiers[0].keep).toEqual({ kind: "ratio", ratio: 0.8 });
  expect((await api.trpc.policies.version.query({ id: policy.id, number: 3 })).body.tiers[0].keep).toEqual({ kind: "ratio", ratio: 0.2 });
});

test("two people change the same policy: what goes together is merged, what doesn't is chosen, and both are in the version that is saved", async ({
  browser,
}) => {
  const tiers = [
    { name: "errors", condition: { kind: "status" as const, is: "error" as const }, keep: { kind: "ratio" as const, ratio: 1 } },
    { name: "slow", condition: { kind: "latency" as const, aboveMs: 500 }, keep: { kind: "ratio" as const, ratio: 1 } },
    { name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio: 0.1 } },
  ];
  const { id } = await api.trpc.policies.create.mutate({ name: "for two", body: { scope: "span", tiers } });
  const context = await signedInContext(browser, headgate.http);
  const page = await context.newPage();
  await page.goto(`/sampling/${id}`);
  await setKeep(page, 2, "20");
  await setKeep(page, 3, "5");
  const [errors, slow, last] = tiers;
  const theirs = [{ ...errors, keep: { kind: "ratio" as const, ratio: 0.9 } }, { ...slow, keep: { kind: "ratio" as const, ratio: 0.5 } }, last];
  await api.trpc.policies.saveVersion.mutate({ id, baseVersion: 1, body: { scope: "span", tiers: theirs } });
  const save = async (version: number) => {
    await page.getByRole("button", { name: `Save as v${version}…` }).click();
    await page
      .getByRole("dialog", { name: /^Save / })
      .getByRole("button", { name: `Save as v${version}` })
      .click();
  };
  await save(2);
  const conflict = page.getByRole("dialog", { name: /saved v2 while you were editing v1/ });
  await expect(conflict.getByRole("list", { name: "Changed by both" }).getByRole("listitem")).toHaveCount(1);
  await expect(conflict.getByRole("region", { name: "Both together" })).toContainText("default: keep 10% → 5%");
  await expect(conflict.getByRole("region", { name: "Both together" })).toContainText("slow: keep 50% → 20%");
  await expectLooks(page, "merge");
  await conflict.getByRole("radiogroup", { name: "Take for tier “slow”, keep" }).getByRole("radio", { name: /’s$/ }).click();
  await expect(conflict.getByRole("region", { name: "Both together" })).not.toContainText("slow");
  await conflict.getByRole("button", { name: "Continue with both" }).click();
  await expect(tier(page, 1).getByRole("textbox", { name: /keep, in per cent/ })).toHaveValue("90");
  await save(3);
  await expect(page.getByText(/^Saved for two v3/)).toBeVisible();
  const { body } = await api.trpc.policies.get.query({ id });
  expect(body.tiers.map(({ keep }) => keep)).toEqual([0.9, 0.5, 0.05].map((ratio) => ({ kind: "ratio", ratio })));
  await context.close();
});

test("a policy is copied, put away, found among the archived ones, and restored; one that runs stays", async ({ browser }) => {
  const context = await signedInContext(browser, headgate.http);
  const page = await context.newPage();
  const more = async (item: string) => {
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("menuitem", { name: item }).click();
  };
  const [running] = (await api.trpc.policies.list.query()).filter(({ isRunning }) => isRunning);
  await page.goto(`/sampling/${running.id}`);
  await more("Archive");
  const refused = page.getByRole("dialog", { name: `${running.name} stays where it is` });
  await expect(refused).toContainText(/can't be archived: v1 runs, in revision 1/);
  await shoot(page, "archive-refused");
  await refused.getByRole("button", { name: "Close" }).last().click();

  await more("Duplicate");
  const copy = `${running.name} copy`;
  await expect(page.getByRole("heading", { level: 1, name: copy })).toBeVisible();
  await more("Archive");
  await expect(page.getByText(`${copy} is archived.`).first()).toBeVisible();
  // Until the list is there, the editor has an Undo of its own, and no rows.
  await expect(page.getByRole("heading", { level: 1, name: "Sampling" })).toBeVisible();
  await expect(page.getByRole("row", { name: new RegExp(copy) })).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("row", { name: new RegExp(copy) })).toBeVisible();

  await page.getByRole("link", { name: copy }).click();
  await more("Archive");
  await page.getByRole("radio", { name: "Archived" }).click();
  await expect(page).toHaveURL(/archived=1/);
  await expect(page.getByRole("row", { name: new RegExp(copy) })).toBeVisible();
  await expect(page.getByRole("row", { name: new RegExp(`^${running.name} \\d`) })).toHaveCount(0);
  await shoot(page, "archived-list");
  await page.getByRole("link", { name: copy }).click();
  await expect(page.getByText(`${copy} is archived.`).first()).toBeVisible();
  await expectLooks(page, "archived");
  await expect(page.getByRole("button", { name: /^(Save|Apply|More)/ })).toHaveCount(0);
  await page.getByRole("button", { name: "Restore" }).click();
  await expect(page.getByRole("button", { name: /^Save as v2/ })).toBeVisible();
  await context.close();
});

test("a hint names its place, one click puts it right, and that can be undone", async ({ browser }) => {
  const keep = { kind: "ratio" as const, ratio: 1 };
  const errors = { kind: "status" as const, is: "error" as const };
  const tiers = [
    { name: "errors", condition: errors, keep },
    { name: "slow errors", condition: { kind: "all" as const, of: [errors, { kind: "latency" as const, aboveMs: 500 }] }, keep },
    { name: "api", condition: { kind: "endpoint" as const, match: "regex" as const, values: ["^/api/"] }, keep },
    { name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio: 0.1 } },
  ];
  const { id } = await api.trpc.policies.create.mutate({ name: "with hints", body: { scope: "span", tiers } });
  const context = await signedInContext(browser, headgate.http);
  const page = await context.newPage();
  await page.goto(`/sampling/${id}`);
  const hints = page.getByRole("region", { name: /hint/i });
  await expect(hints).toContainText('"slow errors" can never match: "errors" before it takes all of it.');
  await expect(hints).toContainText("Changes no decision.");
  await expectLooks(page, "hints");
  await hints.getByRole("button", { name: "Move it before errors" }).click();
  await expect(tier(page, 1)).toHaveAttribute("aria-label", "Tier 1: slow errors");
  await expect(hints).not.toContainText("can never match");
  await page.getByRole("button", { name: "Undo" }).last().click();
  await expect(tier(page, 2)).toHaveAttribute("aria-label", "Tier 2: slow errors");
  await hints.getByRole("button", { name: "Use prefix “/api/”" }).press("Enter");
  await hints.getByRole("button", { name: "Remove it" }).click();
  await expect(hints).toHaveCount(0);
  const difference = page.getByRole("region", { name: /→ draft/ });
  await expect(difference).toContainText("api: matches");
  await difference.getByRole("radio", { name: "Side by side" }).click();
  await expect(difference.getByRole("table")).toContainText("match: prefix");
  await expectNoViolations(page, "side by side");
  await shoot(page, "side-by-side");
  await context.close();
});
