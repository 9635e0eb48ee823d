import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, type BrowserContext, expect, type Locator, type Page } from "@playwright/test";
import { OWNER } from "#tests/fixtures/api.ts";

/** Colours fade from one theme to the other: what is measured or shown in between is neither. Fades are put to their end rather than waited for. */
async function coloursSettled(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const one of document.getAnimations()) if (one instanceof CSSTransition) one.finish();
  });
}

/** Screenshots stay with the results of a run. */
export async function shoot(page: Page, name: string): Promise<void> {
  // What is fixed to the window stands where the window is.
  await page.evaluate(() => window.scrollTo(0, 0));
  await coloursSettled(page);
  await page.screenshot({ path: join(import.meta.dirname, "..", "..", "test-results", "screenshots", `${name}.png`), fullPage: true });
}

/** A context that is signed in, through the same request that the sign-in page makes. */
export async function signedInContext(browser: Browser, http: string, options: Parameters<Browser["newContext"]>[0] = {}): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: http, viewport: { width: 1440, height: 900 }, ...options });
  const response = await context.request.post(`${http}/api/auth/sign-in/email`, {
    data: { email: OWNER.email, password: OWNER.password },
    headers: { origin: http },
  });
  expect(response.ok(), `sign-in answered ${response.status()}`).toBe(true);
  return context;
}

/** Picks an option of one of the form's selects by their names. */
export async function choose(within: Page | Locator, select: string | RegExp, option: string): Promise<void> {
  await within.getByRole("combobox", { name: select }).click();
  const page = "page" in within ? within.page() : within;
  await page.getByRole("option", { name: option, exact: true }).click();
}

export function tier(page: Page, number: number): Locator {
  return page.getByRole("list", { name: /^Tiers/ }).getByRole("listitem", { name: new RegExp(`^Tier ${number}: `) });
}

export async function setKeep(page: Page, number: number, percent: string): Promise<void> {
  await tier(page, number)
    .getByRole("textbox", { name: /keep, in per cent/ })
    .fill(percent);
}

/** From the editor: saves with a message, confirms, and waits until every collector has answered. Gives the time of the acknowledgement. */
export async function saveAndApply(page: Page, message: string): Promise<number> {
  await page.getByRole("button", { name: /^Save as v/ }).click();
  const saving = page.getByRole("dialog", { name: /^Save / });
  await saving.getByRole("textbox", { name: /^Message/ }).fill(message);
  await saving.getByRole("button", { name: "Save and apply…" }).click();
  return confirmApply(page);
}

export async function confirmApply(page: Page): Promise<number> {
  const confirming = page.getByRole("dialog", { name: /^Apply / });
  await confirming.getByRole("button", { name: "Apply to all collectors" }).click();
  await page.locator('[data-apply="done"]').waitFor();
  const atMs = Date.now();
  await expect(page.getByRole("dialog", { name: /^Applied: / })).toBeVisible();
  return atMs;
}

/** The figure of the strip with this label, as it stands there. */
export function figure(page: Page, label: string): Locator {
  return page.locator('[data-slot="figures"] > div').filter({ has: page.getByText(label, { exact: true }) });
}

/** Nothing of the page stands outside the viewport, so there is nothing to scroll sideways, as soon as its charts have drawn themselves anew for its width. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const outside = () => page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth));
  await expect
    .configure({ soft: true })
    .poll(outside, { message: `how many px of ${page.url()} stand outside the viewport`, timeout: 3_000 })
    .toBe(0);
}

/** Nothing on the page as it stands breaks WCAG AA or axe's good practice. */
export async function expectNoViolations(page: Page, name: string): Promise<void> {
  await coloursSettled(page);
  // There are no frames, and what passes is not asked for: a third of the time that axe takes otherwise.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ["violations"] });
  const { violations } = await axe.withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
  const said = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join(" | ")}`);
  expect.soft(said, name).toEqual([]);
}

/**
 * The page as it stands in light and dark, at a desk and on a phone: nothing to scroll sideways, and a picture of each; no violation in either theme, at
 * either width. Ends at 1440 px.
 */
export async function expectLooks(page: Page, name: string): Promise<void> {
  for (const width of [1440, 390]) {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await expectNoSidewaysScroll(page);
      // Colours are the theme's and places the width's: two of the four have all of both.
      if ((width === 1440) === (colorScheme === "light")) await expectNoViolations(page, `${name}, ${colorScheme}, ${width} px`);
      await shoot(page, `${name}-${colorScheme}-${width}`);
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}
