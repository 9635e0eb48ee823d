import { type BrowserContext, expect, type Page, test } from "@playwright/test";
import { type Api, createOwner, OWNER, signIn } from "#tests/fixtures/api.ts";
import { type Headgate, startHeadgate } from "#tests/fixtures/headgate.ts";
import { setKeep, shoot, tier } from "./browser.ts";

const BEN = { name: "Ben", email: "ben@example.com", password: "a long enough password" };

let headgate: Headgate;
let owner: Api;
let ben: Api;
let id: string;
test.beforeAll(async () => {
  headgate = await startHeadgate();
  owner = await createOwner(headgate);
  const { url } = await owner.trpc.people.invite.mutate({ role: "editor", email: BEN.email });
  const joined = await fetch(`${headgate.http}/api/setup`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: headgate.http },
    body: JSON.stringify({ token: new URL(url).searchParams.get("token"), ...BEN }),
  });
  expect(joined.status).toBe(200);
  [{ id }] = await owner.trpc.policies.list.query();
});
test.afterAll(() => headgate?.remove());

const keepOf = (page: Page) => tier(page, 1).getByRole("textbox", { name: /keep, in per cent/ });

async function signInOn(page: Page, { email, password }: { email: string; password: string }): Promise<void> {
  await page.getByRole("textbox", { name: "E-mail" }).fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`/sampling/${id}$`));
  await expect(keepOf(page)).toBeVisible();
}

async function becomeInAnotherTab(context: BrowserContext, { email, password }: { email: string; password: string }): Promise<void> {
  const answer = await context.request.post(`${headgate.http}/api/auth/sign-in/email`, { data: { email, password }, headers: { origin: headgate.http } });
  expect(answer.ok()).toBe(true);
}

test("a session that is ended elsewhere while editing is said, and the draft waits for whoever typed it, and for nobody else", async ({ browser }) => {
  const context = await browser.newContext({ baseURL: headgate.http, viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(`/sampling/${id}`);
  await signInOn(page, BEN);
  await page.route(/drafts\.save/, (route) => route.abort());
  await setKeep(page, 1, "43");
  await expect(page.locator('[data-draft="here"]')).toBeVisible();
  const me = (await owner.trpc.people.list.query()).find(({ email }) => email === BEN.email);
  await owner.trpc.people.endSessions.mutate({ id: me?.id ?? "" });
  await expect(page).toHaveURL(/\/sign-in\?next=.*&ended=/);
  await expect(page.getByText("Your session has ended. Sign in to go on where you were; drafts are kept.")).toBeVisible();
  await shoot(page, "session-ended");
  await page.unroute(/drafts\.save/);

  await signInOn(page, OWNER);
  await expect(keepOf(page)).not.toHaveValue("43");
  await expect(page.getByText(/^You have unsaved changes/)).toBeHidden();
  expect(await owner.trpc.drafts.list.query()).toEqual([]);
  await page.getByRole("button", { name: /: account of / }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in$/);

  await page.goto(`/sampling/${id}`);
  await signInOn(page, BEN);
  await expect(page.getByText(/^You have unsaved changes from/)).toBeVisible();
  await expect(keepOf(page)).toHaveValue("43");
  await expect(page.locator('[data-draft="saved"]')).toBeVisible();
  ben = await signIn(headgate.http, BEN);
  expect(JSON.stringify(await ben.trpc.drafts.get.query({ kind: "sampling", key: id }))).toContain("43");
  await context.close();
});

test("when somebody else signs in in another tab, nothing that was typed before becomes theirs", async ({ browser }) => {
  const context = await browser.newContext({ baseURL: headgate.http, viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(`/sampling/${id}`);
  await signInOn(page, BEN);
  await becomeInAnotherTab(context, OWNER);
  await setKeep(page, 1, "44");
  await expect(page.getByRole("button", { name: `OO: account of ${OWNER.name}` })).toBeVisible();
  await expect(keepOf(page)).toBeVisible();
  await expect(keepOf(page)).not.toHaveValue("44");
  expect(await owner.trpc.drafts.list.query()).toEqual([]);
  await becomeInAnotherTab(context, BEN);
  await page.reload();
  await expect(keepOf(page)).toHaveValue("44");
  await context.close();
});
