import { type BrowserContext, expect, test } from "@playwright/test";
import { type Api, createOwner, signIn } from "#tests/fixtures/api.ts";
import { type Headgate, startHeadgate } from "#tests/fixtures/headgate.ts";
import { expectLooks, setKeep, signedInContext } from "./browser.ts";

const ADA = { name: "Ada Editor", email: "ada@example.com", password: "a long enough password" };

let headgate: Headgate;
let owner: Api;
test.beforeAll(async () => {
  headgate = await startHeadgate();
  owner = await createOwner(headgate);
});
test.afterAll(() => headgate?.remove());

test("a change that one person asks for is applied once another one has approved it", async ({ browser }) => {
  test.setTimeout(480_000);
  const { url } = await owner.trpc.people.invite.mutate({ role: "editor" });
  const asking = await browser.newContext({ baseURL: headgate.http, viewport: { width: 1440, height: 900 } });
  const token = new URL(url).searchParams.get("token");
  expect((await asking.request.post("/api/setup", { data: { token, ...ADA }, headers: { origin: headgate.http } })).ok()).toBe(true);
  const deciding = await signedInContext(browser, headgate.http);

  const settings = await deciding.newPage();
  await settings.goto("/settings");
  await settings.getByRole("radiogroup", { name: "Changes need approval" }).getByRole("radio", { name: "On" }).click();
  await expect(settings.getByText(/applied once another one with the role approver has said yes/)).toBeVisible();

  const href = await askFor(asking);
  const ada = await signIn(headgate.http, ADA);
  const [policy] = await ada.trpc.policies.list.query();
  await expect(ada.trpc.revisions.start.mutate({ kind: "policy", id: policy.id, version: 2 })).rejects.toThrow(/need approval: nothing was applied/);

  // The one who decides finds it in the rail, reads it, and decides by keyboard.
  const page = await deciding.newPage();
  await page.goto("/");
  const entry = page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /Approvals/ });
  await expect(entry).toContainText("1");
  await entry.click();
  await expect(page.locator("[data-request]")).toContainText("you can decide");
  await expectLooks(page, "approvals");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(href));
  await expect(page.getByRole("list", { name: "What changes" })).toContainText("default: keep 100% → 40%");
  await expect(page.getByText("less of everything")).toBeVisible();
  await expectLooks(page, "approval-pending");
  await page.keyboard.press("a");
  const confirming = page.getByRole("dialog", { name: /^Approve / });
  await expect(confirming).toContainText("under Ada Editor's name and yours");
  await confirming.getByRole("button", { name: "Approve and apply" }).click();
  await page.locator('[data-apply="done"]').waitFor();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText("applied", { exact: true })).toBeVisible();
  await expect(page.getByText(/Olga Owner, /)).toBeVisible();
  await expectLooks(page, "approval-applied");
  expect(await owner.trpc.revisions.current.query()).toMatchObject({ policy: { version: 2 }, authorName: "Ada Editor" });
  await page.goto("/settings");
  await expectLooks(page, "settings-approval");
  await asking.close();
  await deciding.close();
});

/** Changes the policy in its editor and asks for it to be applied; gives the address of the request, where nothing can be decided by who asked. */
async function askFor(context: BrowserContext): Promise<string> {
  const [policy] = await owner.trpc.policies.list.query();
  const page = await context.newPage();
  await page.goto(`/sampling/${policy.id}`);
  await setKeep(page, 1, "40");
  await page.getByRole("button", { name: /^Save as v/ }).click();
  await page
    .getByRole("dialog", { name: /^Save / })
    .getByRole("button", { name: "Save and apply…" })
    .click();
  const dialog = page.getByRole("dialog", { name: /^Ask for approval of / });
  await dialog.getByRole("textbox", { name: /^Message/ }).fill("less of everything");
  await expectLooks(page, "approval-ask");
  await dialog.getByRole("button", { name: "Ask for approval" }).click();
  await expect(page).toHaveURL(/\/approvals\/[\w-]+$/);
  await expect(page.getByText("You asked for it: another person has to.")).toBeVisible();
  await expect(page.getByRole("button", { name: /Approve/ })).toHaveCount(0);
  return new URL(page.url()).pathname;
}
