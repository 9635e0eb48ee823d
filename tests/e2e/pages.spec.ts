import { type BrowserContext, type ConsoleMessage, expect, type Page, test } from "@playwright/test";
import { type Api, createOwner } from "#tests/fixtures/api.ts";
import { type Headgate, startHeadgate } from "#tests/fixtures/headgate.ts";
import { tellOutage } from "#tests/fixtures/outageStory.ts";
import { startSdk } from "#tests/fixtures/sdkProcess.ts";
import { waitFor } from "#tests/fixtures/waitFor.ts";
import { expectNoSidewaysScroll, expectNoViolations, shoot, signedInContext } from "./browser.ts";

const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

let headgate: Headgate;
let api: Api;
let sdk: ReturnType<typeof startSdk>;

test.beforeAll(async () => {
  headgate = await startHeadgate();
  api = await createOwner(headgate);
  sdk = startSdk({ protocol: "grpc", endpoint: `http://127.0.0.1:${headgate.collectors[0].otlpGrpc}`, rate: 100 });
});
test.afterAll(async () => {
  await sdk?.stop();
  await headgate?.remove();
});

test("the pages before signing in have no accessibility violation in light and dark, and fit a phone", async ({ browser }) => {
  const context = await browser.newContext({ viewport: WIDE });
  const page = await context.newPage();
  await check(page, "setup", headgate.setupUrl ?? "");
  await check(page, "sign-in", `${headgate.http}/sign-in`);
  await context.close();
});

/** Each page with the address it has; a word in capitals stands for the id of the first of its kind. */
const PAGES = [
  ["overview", "/"],
  ["live", "/live"],
  ["live-collector", "/live?collector=COLLECTOR"],
  ["live-waiting", "/live#waiting"],
  ["sampling", "/sampling"],
  ["sampling-new", "/sampling/new"],
  ["sampling-four-tiers", "/sampling/new?from=four-tiers"],
  ["sampling-four-tiers-traces", "/sampling/new?from=four-tiers-traces"],
  ["sampling-policy", "/sampling/POLICY"],
  ["sampling-history", "/sampling/POLICY/history"],
  ["sampling-version", "/sampling/POLICY/versions/1"],
  ["compare", "/compare"],
  ["pipeline", "/pipeline"],
  ["pipeline-new", "/pipeline/new"],
  ["pipeline-one", "/pipeline/PIPELINE"],
  ["pipeline-history", "/pipeline/PIPELINE/history"],
  ["pipeline-version", "/pipeline/PIPELINE/versions/1"],
  ["destination", "/destination"],
  ["destination-new", "/destination/new?kind=otlp"],
  ["destination-one", "/destination/DESTINATION"],
  ["destination-history", "/destination/DESTINATION/history"],
  ["destination-version", "/destination/DESTINATION/versions/1"],
  ["fleet", "/fleet"],
  ["fleet-tokens", "/fleet/tokens"],
  ["fleet-collector", "/fleet/COLLECTOR"],
  ["groups", "/groups"],
  ["groups-new", "/groups/new?selector=env%3Dprod"],
  ["groups-default", "/groups/default"],
  ["groups-default-edit", "/groups/default?edit=1"],
  ["rollouts", "/rollouts"],
  ["rollouts-filtered", "/rollouts?outcome=rolledBack"],
  ["audit", "/audit"],
  ["audit-filtered", "/audit?q=half&by=Olga+Owner"],
  ["audit-event", "/audit/1"],
  ["break-glass", "/break-glass"],
  ["break-glass-new", "/break-glass?new=&service=payments"],
  ["approvals", "/approvals"],
  ["settings", "/settings"],
  ["settings-tokens", "/settings/tokens"],
  ["settings-webhooks", "/settings/webhooks"],
  ["settings-sign-on", "/settings/sign-on"],
  ["not-found", "/there-is-no-such-page"],
] as const;

test.describe("every page has no accessibility violation in light and dark, and needs no sideways scrolling at 390 px", () => {
  let context: BrowserContext;
  let ids: Record<string, string> = {};

  test.beforeAll(async ({ browser }) => {
    const [policy] = await api.trpc.policies.list.query();
    const [pipeline] = await api.trpc.pipelines.list.query();
    const [destination] = await api.trpc.destinations.list.query();
    const [collector] = await api.trpc.fleet.list.query();
    ids = { POLICY: policy.id, PIPELINE: pipeline.id, DESTINATION: destination.id, COLLECTOR: collector.id };
    const { body } = await api.trpc.policies.get.query({ id: policy.id });
    const half = { ...body, tiers: [{ ...body.tiers[0], keep: { kind: "ratio" as const, ratio: 0.5 } }] };
    await api.trpc.policies.saveVersion.mutate({ id: policy.id, baseVersion: 1, body: half, message: "Half" });
    await api.trpc.apiTokens.create.mutate({ name: "deploy pipeline", scopes: ["read", "documents:write", "apply"], expiresInDays: 30 });
    await api.trpc.apiTokens.create.mutate({ name: "nightly report", scopes: ["read", "audit:read"], expiresInDays: 1 });
    await waitFor("some traffic", async () => (await headgate.ledger()).received > 300);
    context = await signedInContext(browser, headgate.http);
  });
  test.afterAll(() => context?.close());

  for (const [name, path] of PAGES) {
    test(name, async () => {
      const page = await context.newPage();
      await check(page, name, `${headgate.http}${path.replace(/[A-Z]{2,}/, (kind) => ids[kind])}`);
      await page.close();
    });
  }
});

test("an outage is told on Live, on the collector's page and in the fleet, without an accessibility violation and on a phone", async ({ browser }) => {
  test.setTimeout(240_000);
  const { token } = await api.trpc.fleet.createToken.mutate({ name: "outage" });
  const story = await tellOutage(headgate.fleet, token, [
    { fromS: 300, toS: 420 },
    { fromS: 600, toS: 10_000 },
  ]);
  const context = await signedInContext(browser, headgate.http);
  const page = await context.newPage();
  try {
    await check(page, "live-outage", `${headgate.http}/live?collector=${story.collectorId}`);
    await page.setViewportSize(WIDE);
    const sentence = page.locator("[data-slot=verdict]");
    await expect(sentence).toContainText(/The breaker of default is (open|half-open and not closed) since/);
    await expect(sentence).toContainText("connect ECONNREFUSED");
    await expect(sentence).toContainText(/spans that were to be kept are shed|to be kept are shed/);
    await page.keyboard.press("t");
    await page.locator("#breakers").scrollIntoViewIfNeeded();
    await expect(page.locator("#breakers")).toContainText("breaker open, 14 UNAVAILABLE: connect ECONNREFUSED");

    await check(page, "fleet-collector-outage", `${headgate.http}/fleet/${story.collectorId}`);
    const destinations = page.getByRole("table", { name: "Destinations" }).or(page.getByRole("region", { name: "Destinations, table" }));
    await expect(destinations.first()).toContainText(/default(open|half-open)/);
    await expect(destinations.first()).toContainText(/errors\s*closed/);
    const changes = page.getByRole("region", { name: "Changes" });
    await expect(changes).toContainText(/breaker closed/);
    await expect(changes).toContainText(/probes failed, the last at/);
    await expect(page.getByRole("region", { name: "Refused and dropped", exact: true })).toContainText("shed:default");

    await check(page, "fleet-outage", `${headgate.http}/fleet`);
    await expect(page.locator("[data-collector=outage]")).toContainText(/breaker (open|half-open)/);
  } finally {
    story.end();
    await context.close();
  }
  // Gone, it keeps what it said last, with its age.
  const after = await signedInContext(browser, headgate.http);
  const gone = await after.newPage();
  await gone.goto(`/fleet/${story.collectorId}`);
  await expect(gone.getByRole("region", { name: "Delivery", exact: true })).toContainText(/as of .* ago/, { timeout: 60_000 });
  await expect(gone.getByRole("region", { name: "Delivery", exact: true })).toContainText("connect ECONNREFUSED");
  await after.close();
});

test("every page is reached and left by keyboard alone", async ({ browser }) => {
  const context = await signedInContext(browser, headgate.http);
  const page = await context.newPage();
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  for (const [key, heading] of [
    ["l", "Live"],
    ["p", "Sampling"],
    ["i", "Pipeline settings"],
    ["d", "Destination"],
    ["f", "Fleet"],
    ["t", "Rollouts"],
    ["n", "Approvals"],
    ["a", "Audit"],
    ["s", "Settings"],
    ["o", "Overview"],
  ]) {
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    await expect(page.getByRole("heading", { level: 1, name: heading })).toBeVisible();
  }
  await page.keyboard.press("ControlOrMeta+k");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.type("sampling");
  await expect(page.getByRole("option", { selected: true })).toContainText("Sampling");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Sampling" })).toBeVisible();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await context.close();
});

test("a tier is added, described, moved and saved by keyboard alone", async ({ browser }) => {
  const context = await signedInContext(browser, headgate.http);
  const page = await context.newPage();
  await page.goto("/sampling");
  await tabTo(page, page.getByRole("link", { name: "keep everything", exact: true }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: /^Add tier/ }));
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  const row = (number: number) => page.getByRole("listitem", { name: new RegExp(`^Tier ${number}: `) });
  await expect(row(3)).toBeVisible();

  await tabTo(page, row(1).getByRole("textbox", { name: /^Name of tier/ }));
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("errors");
  await tabTo(page, row(1).getByRole("combobox", { name: /what is compared/ }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("option", { name: "endpoint" })).toBeFocused();
  await page.keyboard.type("status");
  await expect(page.getByRole("option", { name: /^status/ })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(row(1).getByRole("combobox", { name: /status/ })).toBeVisible();

  await tabTo(page, row(2).getByRole("textbox", { name: /^Name of tier/ }));
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("payments");
  await tabTo(page, row(2).getByRole("textbox", { name: /endpoint 1$/ }));
  await page.keyboard.type("/api/payment");
  await tabTo(page, row(2).getByRole("slider"));
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Alt+ArrowUp");
  await expect(row(1)).toHaveAccessibleName(/payments/);

  await tabTo(page, page.getByRole("button", { name: /^Save as v/ }));
  await page.keyboard.press("Enter");
  const saving = page.getByRole("dialog", { name: /^Save / });
  await expect(saving).toBeVisible();
  await tabTo(page, saving.getByRole("textbox"));
  await page.keyboard.type("By keyboard");
  await page.keyboard.press("Enter");
  await expect(page.getByText(/^Saved keep everything v\d/)).toBeVisible();
  await shoot(page, "keyboard");
  await context.close();
});

/** Presses Tab until `target` has the focus; it has to come within the page's focusable things, and to show it. */
async function tabTo(page: Page, target: ReturnType<Page["locator"]>): Promise<void> {
  await target.waitFor();
  for (const key of ["Tab", "Shift+Tab"]) {
    for (let presses = 0; presses < 120; presses++) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press(key);
    }
  }
  throw new Error(`${target} is not reached by Tab`);
}

async function check(page: Page, name: string, url: string): Promise<void> {
  const errors: string[] = [];
  const onError = (error: Error) => errors.push(error.message);
  const onConsole = (message: ConsoleMessage) => message.type() === "error" && !message.text().includes("404") && errors.push(message.text());
  page.on("pageerror", onError).on("console", onConsole);
  await page.setViewportSize(WIDE);
  await page.goto(url);
  await settled(page);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await shoot(page, `${name}-${colorScheme}`);
    await expectNoViolations(page, `${name}, ${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(PHONE);
  await shoot(page, `${name}-390`);
  await expectNoSidewaysScroll(page);
  expect.soft(errors, `${name}: errors in the console`).toEqual([]);
  page.off("pageerror", onError).off("console", onConsole);
}

/** The page has its heading, and no skeleton any more. */
async function settled(page: Page): Promise<void> {
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await expect(page.getByRole("status", { name: /^Loading/ })).toHaveCount(0);
}
