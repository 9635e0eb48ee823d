import { expect, test } from "@playwright/test";
import { type Api, createOwner } from "#tests/fixtures/api.ts";
import { type Headgate, startHeadgate } from "#tests/fixtures/headgate.ts";
import { expectLooks, expectNoViolations, setKeep, shoot, signedInContext, tier } from "./browser.ts";

let headgate: Headgate;
let api: Api;
let id: string;
test.beforeAll(async () => {
  headgate = await startHeadgate();
  api = await createOwner(headgate);
  [{ id }] = await api.trpc.policies.list.query();
});
test.afterAll(() => headgate?.remove());

const keepOf = (page: Parameters<typeof tier>[0]) => tier(page, 1).getByRole("textbox", { name: /keep, in per cent/ });

test("a draft survives a closed tab, is there in another browser, and a discarded one can be brought back", async ({ browser }) => {
  const first = await signedInContext(browser, headgate.http);
  const page = await first.newPage();
  await page.goto(`/sampling/${id}`);
  await setKeep(page, 1, "42");
  await expect(page.locator('[data-draft="saved"]')).toHaveText(/draft saved \d\d:\d\d/);
  await page.close({ runBeforeUnload: false });
  await first.close();

  const second = await signedInContext(browser, headgate.http);
  const again = await second.newPage();
  await again.goto("/sampling");
  await expect(again.getByRole("row", { name: /draft/ })).toBeVisible();
  await again.goto(`/sampling/${id}`);
  await expect(again.getByText(/^You have unsaved changes from \d\d:\d\d\.$/)).toBeVisible();
  await expect(keepOf(again)).toHaveValue("42");
  await expectLooks(again, "draft-restored");
  await again.getByRole("button", { name: "Discard", exact: true }).click();
  await expect(keepOf(again)).not.toHaveValue("42");
  await again.getByRole("button", { name: "Undo" }).last().click();
  await expect(keepOf(again)).toHaveValue("42");
  await again.getByRole("button", { name: "Discard draft" }).click();
  await expect.poll(() => api.trpc.drafts.get.query({ kind: "sampling", key: id })).toBeNull();
  await second.close();
});

test("what can't be saved for now stays in the tab, is said, and is saved once the network is back", async ({ browser }) => {
  const context = await signedInContext(browser, headgate.http);
  const page = await context.newPage();
  await page.goto(`/sampling/${id}`);
  await expect(keepOf(page)).toBeVisible();
  await context.setOffline(true);
  await setKeep(page, 1, "37");
  await expect(page.locator('[data-draft="here"]')).toHaveText(/draft not saved: offline; kept here/);
  await shoot(page, "draft-offline");
  await context.setOffline(false);
  await expect(page.locator('[data-draft="saved"]')).toBeVisible();
  expect(await api.trpc.drafts.get.query({ kind: "sampling", key: id })).toMatchObject({ baseVersion: 1 });

  const sessions = await context.cookies();
  await context.clearCookies();
  await setKeep(page, 1, "36");
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await context.addCookies(sessions);
  await page.goto(`/sampling/${id}`);
  await expect(keepOf(page)).toHaveValue("36");
  await context.close();
});

test("a draft on a version that is no longer the newest opens on the version it was made for", async ({ browser }) => {
  const context = await signedInContext(browser, headgate.http);
  const page = await context.newPage();
  await page.goto(`/sampling/${id}`);
  await setKeep(page, 1, "31");
  await expect(page.locator('[data-draft="saved"]')).toBeVisible();
  const { baseVersion, ...draft } = (await api.trpc.drafts.get.query({ kind: "sampling", key: id })) ?? { baseVersion: 0 };
  const { body } = await api.trpc.policies.get.query({ id });
  await page.close();
  await api.trpc.policies.saveVersion.mutate({ id, baseVersion: 1, body: { ...body, tiers: body.tiers.map((one) => ({ ...one, name: `${one.name} 2` })) } });
  if (!("body" in draft)) throw new Error("there is no draft");
  const { kind, key, name, body: kept } = draft;
  await api.trpc.drafts.save.mutate({ kind, key, name, baseVersion, body: kept, tab: "another" });
  const later = await context.newPage();
  await later.goto(`/sampling/${id}`);
  await expect(later.getByText("v2 was saved meanwhile.")).toBeVisible();
  await expect(keepOf(later)).toHaveValue("31");
  await later.getByRole("button", { name: "Open v2, without my changes" }).click();
  await expect(keepOf(later)).not.toHaveValue("31");
  await expect.poll(() => api.trpc.drafts.get.query({ kind: "sampling", key: id })).toBeNull();
  await context.close();
});

test("a destination's draft is kept without the header value that was typed, and says so", async ({ browser }) => {
  const otlp = { kind: "otlp" as const, protocol: "grpc" as const, endpoint: "http://127.0.0.1:9", compression: "none" as const };
  const made = await api.trpc.destinations.create.mutate({ name: "secret backend", body: { ...otlp, headers: [{ name: "x-api-key", value: "old value" }] } });
  const context = await signedInContext(browser, headgate.http);
  const page = await context.newPage();
  await page.goto(`/destination/${made.id}`);
  await page.getByRole("textbox", { name: "Endpoint" }).fill("http://127.0.0.1:10");
  await page.getByRole("button", { name: "Replace the value of x-api-key" }).click();
  await page
    .getByLabel(/^Value/)
    .last()
    .fill("typed-and-secret");
  await expect(page.locator('[data-draft="saved"]')).toBeVisible();
  await expect(page.getByText("without its header values")).toBeVisible();
  await shoot(page, "destination-draft");
  const kept = await api.trpc.drafts.get.query({ kind: "export", key: made.id });
  expect(kept).not.toBeNull();
  expect(JSON.stringify(kept)).not.toContain("typed-and-secret");
  await page.close({ runBeforeUnload: false });
  const again = await context.newPage();
  await again.goto(`/destination/${made.id}`);
  await expect(again.getByText(/^You have unsaved changes from/)).toBeVisible();
  await expect(again.getByRole("textbox", { name: "Endpoint" })).toHaveValue("http://127.0.0.1:10");
  await expectNoViolations(again, "destination draft");
  await shoot(again, "destination-draft-restored");
  await again.getByRole("button", { name: "Discard", exact: true }).click();
  await expect(again.getByRole("textbox", { name: "Endpoint" })).toHaveValue("http://127.0.0.1:9");
  await expect.poll(() => api.trpc.drafts.get.query({ kind: "export", key: made.id })).toBeNull();
  await context.close();
});
