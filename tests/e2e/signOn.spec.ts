import { expect, type Page, test } from "@playwright/test";
import { createOwner, OWNER } from "#tests/fixtures/api.ts";
import { type Headgate, startHeadgate } from "#tests/fixtures/headgate.ts";
import { CLIENT, startOidcProvider, type TestProvider } from "#tests/fixtures/oidcProvider.ts";
import { expectNoSidewaysScroll, expectNoViolations, shoot, signedInContext } from "./browser.ts";

let headgate: Headgate;
let provider: TestProvider;

test.beforeAll(async () => {
  test.setTimeout(400_000);
  headgate = await startHeadgate();
  provider = await startOidcProvider([`${headgate.http}/api/auth/sso/callback`]);
  provider.people.set("olga", { email: OWNER.email, email_verified: true, name: "Olga" });
  provider.people.set("nina", { email: "nina@example.org", email_verified: true, name: "Nina New" });
  await createOwner(headgate);
});
test.afterAll(async () => {
  await provider?.stop();
  await headgate?.remove();
});

async function atProvider(page: Page, login: string): Promise<void> {
  await page.getByRole("textbox", { name: "Login" }).fill(login);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Allow" }).click();
}

async function inBothThemes(page: Page, name: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const [where, width, height] of [
      ["wide", 1440, 900],
      ["phone", 390, 844],
    ] as const) {
      await page.setViewportSize({ width, height });
      await expectNoSidewaysScroll(page);
      await shoot(page, `${name}-${where}-${colorScheme}`);
    }
    await expectNoViolations(page, `${name} ${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1440, height: 900 });
}

test("an admin sets single sign-on up, tries it and connects; people sign in by it, and with a password when the provider is gone", async ({ browser }) => {
  test.setTimeout(240_000);
  const context = await signedInContext(browser, headgate.http);
  const page = await context.newPage();
  await page.goto("/settings");
  await page.getByRole("link", { name: "Set up…" }).click();
  await expect(page.getByRole("heading", { name: "Single sign-on", level: 1 })).toBeVisible();
  await page.getByRole("textbox", { name: "Issuer" }).fill(provider.issuer);
  await page.getByRole("textbox", { name: "Client ID" }).fill(CLIENT.clientId);
  await page.getByLabel("Client secret").fill("not the secret");
  await page.getByRole("textbox", { name: "Name on the button" }).fill("Acme");
  const found = (what: string) => page.locator(`[data-check="${what}"]`);
  await page.getByRole("button", { name: "Test the provider" }).click();
  await expect(found("Issuer")).toHaveAttribute("data-result", "ok");
  await expect(found("Client")).toContainText("The provider does not take the client ID and secret.");
  await inBothThemes(page, "sign-on-test");
  await page.getByLabel("Client secret").fill(CLIENT.clientSecret);
  await page.getByRole("button", { name: "Test the provider" }).click();
  await expect(found("Client")).toHaveAttribute("data-result", "ok");
  await page.getByRole("radio", { name: "whoever the provider lets in" }).click();
  await expect(page.getByText("Everybody whom the provider knows gets in.")).toBeVisible();
  await page.getByRole("textbox", { name: /^E-mail domains/ }).fill("example");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText(/^must be a domain such as example\.org/)).toBeVisible();
  await page.getByRole("textbox", { name: /^E-mail domains/ }).fill("example.org, example.com");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("0 of 1 account is connected")).toBeVisible();
  await expect(page.getByRole("radio", { name: "off" }).last()).toBeDisabled();
  await page.getByRole("radio", { name: "by a claim of the provider" }).click();
  await inBothThemes(page, "sign-on");

  await page.getByRole("radio", { name: "under People" }).click();
  await page.getByRole("link", { name: "Connect my account" }).click();
  await atProvider(page, "olga");
  await expect(page).toHaveURL(`${headgate.http}/settings`);
  await expect(page.getByRole("region", { name: "Single sign-on" })).toContainText("You can sign in with Acme.");
  await context.close();

  const fresh = await browser.newContext({ baseURL: headgate.http });
  const other = await fresh.newPage();
  await other.goto("/sampling");
  await other.getByRole("link", { name: "Sign in with Acme" }).waitFor();
  await inBothThemes(other, "sign-in-sso");
  await other.getByRole("link", { name: "Sign in with Acme" }).click();
  await other.getByRole("button", { name: "Cancel" }).click();
  await expect(other.locator("[data-slot=note][role=alert]")).toContainText("Acme did not let you in, or you cancelled there.");
  await shoot(other, "sign-in-sso-denied");
  await other.getByRole("link", { name: "Sign in with Acme" }).click();
  await atProvider(other, "nina");
  await expect(other).toHaveURL(`${headgate.http}/sampling`);
  await expect(other.getByRole("button", { name: "NN: account of Nina New" })).toBeVisible();
  await fresh.close();

  await provider.stop();
  const late = await browser.newContext({ baseURL: headgate.http });
  const last = await late.newPage();
  await last.goto("/sign-in");
  await last.getByRole("link", { name: "Sign in with Acme" }).click();
  await expect(last.locator("[data-slot=note][role=alert]")).toContainText("Acme can't be reached at the moment.");
  await last.getByRole("textbox", { name: "E-mail" }).fill(OWNER.email);
  await last.getByLabel("Password").fill(OWNER.password);
  await last.getByRole("button", { name: "Sign in" }).click();
  await expect(last.getByRole("button", { name: `OO: account of ${OWNER.name}` })).toBeVisible();
  await late.close();
});
