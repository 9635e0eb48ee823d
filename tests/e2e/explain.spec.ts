import { randomBytes } from "node:crypto";
import { expect, type Locator, type Page, test } from "@playwright/test";
import { createOwner } from "#tests/fixtures/api.ts";
import { type Headgate, startHeadgate } from "#tests/fixtures/headgate.ts";
import { choose, confirmApply, expectNoSidewaysScroll, expectNoViolations, saveAndApply, setKeep, shoot, signedInContext, tier } from "./browser.ts";
import { sendTrace } from "./sendTrace.ts";

const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

let headgate: Headgate;
test.beforeAll(async () => {
  headgate = await startHeadgate();
});
test.afterAll(() => headgate?.remove());

test("whole traces are decided as the form says, and each decision is explained to whoever pastes the trace's id", async ({ browser }) => {
  test.setTimeout(180_000);
  const api = await createOwner(headgate);
  const [policy] = await api.trpc.policies.list.query();
  const { otlpHttp, name: collector } = headgate.collectors[0];
  const context = await signedInContext(browser, headgate.http);
  const page = await context.newPage();

  await test.step("the form: whole traces, errors kept, the rest not", async () => {
    await page.goto(`/sampling/${policy.id}`);
    await page.getByRole("radio", { name: "Whole traces" }).click();
    await expect(page.getByText("No collector decides whole traces yet")).toBeVisible();
    await page.getByRole("textbox", { name: "Decision wait" }).fill("20");
    const wait = page.getByRole("textbox", { name: "Wait after the root" });
    await wait.fill("99");
    await expect(page.getByRole("alert").filter({ hasText: "must be at most the decision wait, 20\u00a0s" })).toBeVisible();
    await expect(page.getByRole("button", { name: /^Save as v/ })).toBeDisabled();
    await wait.fill("0.5");
    await page.getByRole("button", { name: /^Add tier/ }).click();
    await tier(page, 1)
      .getByRole("textbox", { name: /^Name of tier/ })
      .fill("errors");
    await choose(tier(page, 1), /what is compared/, "status");
    await setKeep(page, 1, "100");
    await setKeep(page, 2, "0");
    await shoot(page, "explain-form");
    await saveAndApply(page, "Whole traces");
    await page.getByRole("button", { name: "Done" }).click();
  });

  const failed = await sendTrace(otlpHttp, [
    { name: "GET /api/cart", root: true },
    { name: "POST /api/payment/charge", error: true, service: "payments" },
  ]);
  const plain = await sendTrace(otlpHttp, [{ name: "GET /api/products", root: true }]);

  await test.step("a trace with one error was kept as a whole", async () => {
    await page.goto("/live");
    await expect(field(page)).toBeVisible();
    await page.keyboard.press("w");
    await expect(field(page)).toBeFocused();
    await page.keyboard.type(failed.toUpperCase());
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(new RegExp(`trace=${failed}`));
    const answer = account(page, collector, "decided");
    await expect(answer.getByText("kept", { exact: true })).toBeVisible();
    await expect(answer.locator('[data-decision="errors"]')).toContainText("status is error");
    await expect(answer.locator('[data-decision="errors"]')).toContainText("100%");
    await expect(answer.locator('[data-decision="errors"]')).toContainText("2 spans");
    await expect(answer.getByRole("link", { name: `${policy.name} v2` })).toBeVisible();
    await expect(answer.getByRole("region", { name: "What matched" })).toContainText("POST /api/payment/charge");
    await expect(answer.getByRole("region", { name: "What matched" })).toContainText("payments");
    await expect(stage(answer, "decisionWait")).toHaveText(/\d ?(ms|s)$/);
    // Delivered by and by: the page asks again until it is.
    await expect(stage(answer, "export")).toHaveText(/\d ?(µs|ms|s)$/);
    await pictures(page, "explain-kept");
  });

  await test.step("a plain trace was sampled out, and never sent", async () => {
    await page.keyboard.press("Escape");
    await expect(page).not.toHaveURL(/trace=/);
    await expect(field(page)).toHaveValue("");
    await expect(field(page)).toBeFocused();
    await field(page).fill(plain.slice(0, 16));
    await page.keyboard.press("Enter");
    await expect(page.getByRole("alert").filter({ hasText: "A trace id has 32 hex digits" })).toBeVisible();
    await field(page).fill(plain);
    await page.getByRole("button", { name: "Explain", exact: true }).click();
    const answer = account(page, collector, "decided");
    await expect(answer.getByText("sampled out", { exact: true })).toBeVisible();
    await expect(answer.locator('[data-decision="default"]')).toContainText("0%");
    await expect(answer.locator('[data-decision="default"]')).toContainText("a tier that keeps nothing");
    await expect(stage(answer, "decisionWait")).toHaveText(/\d ?(ms|s)$/);
    await expect(stage(answer, "export")).toHaveText("not sent");
    await pictures(page, "explain-sampled-out");
  });

  await test.step("a trace that never came is said never to have come", async () => {
    await page.goto(`/live?trace=${randomBytes(16).toString("hex")}`);
    await expect(account(page, collector, "neverSeen").getByText("never seen", { exact: true })).toBeVisible();
    await pictures(page, "explain-never-seen");
  });

  await test.step("the palette finds the question too", async () => {
    await fromPalette(page, "explain a trace");
    await expect(field(page)).toBeFocused();
    await fromPalette(page, plain);
    await expect(account(page, collector, "decided").getByText("sampled out", { exact: true })).toBeVisible();
  });

  await test.step("a change of the policy carries over what waits, and says so", async () => {
    const open = await sendTrace(otlpHttp, [{ name: "SELECT orders" }]);
    const live = await context.newPage();
    await live.goto(`/live?trace=${open}`);
    await expect(account(live, collector, "waiting")).toBeVisible();
    await expect(live.getByRole("heading", { name: "Waiting for their trace" })).toBeVisible();
    await api.trpc.policies.saveVersion.mutate({
      id: policy.id,
      baseVersion: 2,
      body: { ...(await api.trpc.policies.version.query({ id: policy.id, number: 2 })).body, spansMax: 400_000 } as never,
      message: "Fewer spans",
    });
    await page.goto(`/sampling/${policy.id}?apply=3`);
    await confirmApply(page);
    await expect(page.locator('[data-slot="carry-over"]').first()).toContainText("1 waiting trace (1 span) carried over, 0 decided early, 0 lost");
    await shoot(page, "explain-carried-over");
    const [row] = await api.trpc.fleet.list.query();
    await page.goto(`/fleet/${row.id}`);
    await expect(page.locator('[data-slot="carry-over"]').first()).toContainText("1 waiting trace (1 span) carried over");
    // Decided 20 s after its first span, under the version that it arrived with; the open page asks until then.
    await expect(account(live, collector, "decided").getByRole("link", { name: `${policy.name} v2` })).toBeVisible({ timeout: 40_000 });
    await pictures(live, "explain-carried");
  });
  await context.close();
});

async function fromPalette(page: Page, text: string): Promise<void> {
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.keyboard.press("ControlOrMeta+k");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
}

function field(page: Page): Locator {
  return page.getByRole("textbox", { name: "Trace id" });
}

function account(page: Page, collector: string, kind: string): Locator {
  return page.locator(`[data-explanation="${kind}"][data-collector="${collector}"]`);
}

function stage(answer: Locator, name: string): Locator {
  return answer.locator(`[data-stage="${name}"] dd`);
}

async function pictures(page: Page, name: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await shoot(page, `${name}-${colorScheme}`);
    await expectNoViolations(page, `${name}, ${colorScheme}`);
  }
  await page.setViewportSize(PHONE);
  await shoot(page, `${name}-390-dark`);
  await page.emulateMedia({ colorScheme: "light" });
  await shoot(page, `${name}-390`);
  await expectNoSidewaysScroll(page);
  await page.setViewportSize(WIDE);
}
