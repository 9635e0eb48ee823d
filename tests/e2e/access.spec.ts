import { expect, test } from "@playwright/test";
import { type Api, createOwner, signIn, withToken } from "#tests/fixtures/api.ts";
import { type Headgate, startHeadgate } from "#tests/fixtures/headgate.ts";
import { choose, expectLooks, signedInContext } from "./browser.ts";

let headgate: Headgate;
let api: Api;
test.beforeAll(async () => {
  headgate = await startHeadgate();
  api = await createOwner(headgate);
});
test.afterAll(() => headgate?.remove());

test("an API token is made, copied, used within its scopes, and revoked", async ({ browser }) => {
  test.setTimeout(120_000);
  const context = await signedInContext(browser, headgate.http);
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: headgate.http });
  const page = await context.newPage();
  await page.goto("/settings");
  await page.getByRole("link", { name: "API tokens" }).click();
  await expect(page.getByText("No token is in use")).toBeVisible();
  await page.getByRole("button", { name: "Make a token" }).first().click();
  const making = page.getByRole("dialog", { name: "Make an API token" });
  await making.getByRole("textbox", { name: "Name" }).fill("deploy pipeline");
  await making.getByRole("checkbox", { name: "audit:read" }).check();
  await choose(making, "Expires", "in 90 days");
  await expectLooks(page, "token-make");
  await making.getByRole("button", { name: "Make the token" }).click();
  const made = page.getByRole("dialog", { name: "The token “deploy pipeline”" });
  await made.getByRole("button", { name: /Copy the token/ }).click();
  const token = await page.evaluate(() => navigator.clipboard.readText());
  expect(token).toMatch(/^hg_[0-9A-Za-z]{49}$/);
  await made.getByRole("button", { name: "I have copied it" }).click();
  await expect(page.getByText(token)).toHaveCount(0);

  const trpc = withToken(headgate.http, token);
  expect(await trpc.policies.list.query()).toHaveLength(1);
  await expect(trpc.sampleTraffic.start.mutate()).rejects.toThrow("this token lacks the scope fleet:write; it has: read, audit:read");
  await page.reload();
  const row = page.locator("[data-api-token='deploy pipeline']");
  await expect(row).toContainText("valid");
  await expect(row).toContainText(/\d+ s ago/);

  await row.getByRole("button", { name: "Revoke deploy pipeline" }).click();
  await page
    .getByRole("dialog", { name: /^Revoke the token/ })
    .getByRole("button", { name: "Revoke" })
    .click();
  await expect(row).toHaveCount(0);
  await expect(async () => {
    await expect(trpc.policies.list.query()).rejects.toThrow(/was revoked at/);
  }).toPass({ timeout: 15_000 });
  await page.getByRole("radio", { name: "Ended" }).click();
  await expect(row).toContainText("revoked");
  await page.goto("/audit");
  await expect(page.getByText("revoked the API token deploy pipeline")).toBeVisible();
  await context.close();
});

test("a viewer is refused by the page, which says why, and by the API", async ({ browser }) => {
  test.setTimeout(120_000);
  const { url } = await api.trpc.people.invite.mutate({ role: "viewer" });
  const vera = { name: "Vera Viewer", email: "vera@example.com", password: "a long enough password" };
  const context = await browser.newContext({ baseURL: headgate.http });
  const token = new URL(url).searchParams.get("token");
  const joined = await context.request.post("/api/setup", { data: { token, ...vera }, headers: { origin: headgate.http } });
  expect(joined.ok()).toBe(true);
  const page = await context.newPage();
  const [policy] = await api.trpc.policies.list.query();
  await page.goto(`/sampling/${policy.id}`);
  await expect(page.getByText(/Read-only/).first()).toBeVisible();
  await expect(page.getByRole("button", { name: /^Save as/ })).toHaveCount(0);
  await page.goto("/settings");
  await expect(page.getByRole("heading", { name: "Your sessions" })).toBeVisible();
  await expect(page.getByRole("heading", { name: "People" })).toHaveCount(0);
  await page.goto("/settings/tokens");
  await page.getByRole("button", { name: "Make a token" }).first().click();
  const making = page.getByRole("dialog", { name: "Make an API token" });
  await expect(making.getByRole("checkbox", { name: "documents:write" })).toBeDisabled();
  await expect(making).toContainText("Beyond your role viewer");

  const { trpc } = await signIn(headgate.http, vera);
  const { body } = await trpc.policies.get.query({ id: policy.id });
  const saving = trpc.policies.saveVersion.mutate({ id: policy.id, baseVersion: 1, body });
  await expect(saving).rejects.toMatchObject({ message: expect.stringContaining("needs the role editor; yours is viewer"), data: { httpStatus: 403 } });
  await expect(trpc.apiTokens.create.mutate({ name: "x", scopes: ["admin"], expiresInDays: 1 })).rejects.toThrow("beyond your role viewer");
  await context.close();
});
