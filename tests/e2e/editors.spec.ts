import { expect, test } from "@playwright/test";
import { createOwner } from "#tests/fixtures/api.ts";
import { type Headgate, startHeadgate } from "#tests/fixtures/headgate.ts";
import { setKeep, shoot, signedInContext, tier } from "./browser.ts";

let headgate: Headgate;
test.beforeAll(async () => {
  headgate = await startHeadgate();
});
test.afterAll(() => headgate?.remove());

test("two people save the same policy: the second is shown what the first changed, and nothing is overwritten", async ({ browser }) => {
  const api = await createOwner(headgate);
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
