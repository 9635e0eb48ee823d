import { type Browser, expect, type Page, test } from "@playwright/test";
import { type Api, createOwner } from "#tests/fixtures/api.ts";
import { type Headgate, startHeadgate } from "#tests/fixtures/headgate.ts";
import { startSdk } from "#tests/fixtures/sdkProcess.ts";
import { waitFor } from "#tests/fixtures/waitFor.ts";
import { choose, expectNoSidewaysScroll, expectNoViolations, saveAndApply, shoot, signedInContext } from "./browser.ts";

let headgate: Headgate;
let api: Api;
let id: string;

test.beforeAll(async () => {
  headgate = await startHeadgate();
  api = await createOwner(headgate);
  [{ id }] = await api.trpc.pipelines.list.query();
});
test.afterAll(() => headgate?.remove());

async function open(browser: Browser, path = `/pipeline/${id}`): Promise<Page> {
  const page = await (await signedInContext(browser, headgate.http)).newPage();
  await page.goto(path);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  return page;
}

const setting = (page: Page, field: string) => page.locator(`[data-field="${field}"]`);
const box = (page: Page, field: string) => setting(page, field).getByRole("textbox");

async function save(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Save as v/ }).click();
  await page
    .getByRole("dialog", { name: /^Save / })
    .getByRole("button", { name: /^Save as/ })
    .click();
}

test("settings are edited in units of choice, checked as one types, saved, applied, and run by the collector", async ({ browser }) => {
  const page = await open(browser);
  await expect(page.getByRole("button", { name: /^Save as v2/ })).toBeDisabled();
  await expect(setting(page, "queue.bytesMax")).toContainText("= 268,435,456 bytes");
  await expect(setting(page, "queue.bytesMax")).toContainText("Bytes that may wait for delivery in memory");
  await expect(setting(page, "queue.bytesMax")).toContainText("64 KiB to 64 GiB · default 256 MiB");

  await box(page, "queue.bytesMax").fill("0.5");
  await choose(setting(page, "queue.bytesMax"), "Unit of Bytes in memory", "GiB");
  await expect(setting(page, "queue.bytesMax")).toContainText("= 536,870,912 bytes");
  await box(page, "breaker.failureThreshold").fill("0");
  await expect(setting(page, "breaker.failureThreshold").getByRole("alert")).toHaveText("must be between 1 and 1000000 failures, got 0");
  await expect(box(page, "breaker.failureThreshold")).toHaveAttribute("aria-invalid", "true");
  await box(page, "batch.sizeMin").fill("9,000");
  await expect(page.getByText("2 errors.")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Save as v2/ })).toBeDisabled();
  await shoot(page, "pipeline-problems");
  await page.getByRole("button", { name: /^Batch, Smallest batch: must be at most/ }).click();
  await expect(box(page, "batch.sizeMin")).toBeFocused();
  await setting(page, "batch.sizeMin").getByRole("button", { name: "Back to default: Smallest batch" }).click();
  await expect(box(page, "batch.sizeMin")).toHaveValue("512");
  await box(page, "breaker.failureThreshold").fill("10");
  await choose(setting(page, "wal.fsync"), "Forced to disk", "before each acknowledgement");
  const difference = page.getByRole("region", { name: /→ draft/ });
  await expect(difference).toContainText("breaker: opens after 5 → 10 failures in a row");
  await expect(difference).toContainText("queue: 256 MiB → 512 MiB");

  await page.getByRole("link", { name: "Overview" }).first().click();
  const leaving = page.getByRole("dialog", { name: "Leave without saving?" });
  await expect(leaving).toContainText("The draft is kept and is here when you come back");
  await leaving.getByRole("button", { name: "Leave, keep the draft" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
  await page.goto(`/pipeline/${id}`);
  await expect(page.getByText(/^You have unsaved changes from \d\d:\d\d\.$/)).toBeVisible();
  await expect(box(page, "breaker.failureThreshold")).toHaveValue("10");

  await saveAndApply(page, "A patient breaker");
  await expect(page.locator('[data-apply="done"] [data-state="applied"]')).toHaveCount(1);
  await page.getByRole("button", { name: "Done" }).click();
  const [collector] = await api.trpc.fleet.list.query();
  const { effectiveConfig, row } = await api.trpc.fleet.get.query({ id: collector.id });
  expect(row.configState).toBe("in-sync");
  expect(effectiveConfig).toMatchObject({ pipeline: { breaker: { failureThreshold: 10 }, queue: { bytesMax: 536_870_912 }, wal: { fsync: "always" } } });
  await expect(page.getByText("v2 runs on 1 of 1 collector")).toBeVisible();

  await page.goto(`/pipeline/${id}/history`);
  await expect(page.getByRole("row", { name: /v2/ })).toContainText("A patient breaker");
  await expect(page.getByRole("region", { name: "v1 → v2" })).toContainText("write-ahead log: forced to disk: at an interval → before each acknowledgement");
  await page.context().close();
});

test("the list of what is never recorded is edited one a line, checked, and told by what is added and taken out", async ({ browser }) => {
  const page = await open(browser);
  const list = box(page, "recording.redact");
  await expect(setting(page, "recording.redact")).toContainText("One a line: ");
  await list.fill("user.id\n\n  card.*  \n*");
  await expect(setting(page, "recording.redact").getByRole("alert")).toContainText("entry 3 must be an attribute's key");
  await shoot(page, "pipeline-redaction-problem");
  await list.fill("user.id\ncard.*");
  await expect(setting(page, "recording.redact")).toContainText("One a line: 2 keys");
  await expect(page.getByRole("region", { name: /→ draft/ })).toContainText("recording: values never written: card.* added");
  await setting(page, "recording.redact").getByRole("button", { name: "Back to default: Values never written" }).click();
  await expect(list).toHaveValue(/^http\.request\.header\.authorization\n/);
  await expectNoViolations(page, "pipeline with the list of what is never recorded");
  await page.context().close();
});

test("two people save the same settings: the second is shown what the first changed, and nothing is overwritten", async ({ browser }) => {
  const { currentVersion: base } = await api.trpc.pipelines.get.query({ id });
  const [one, two] = await Promise.all([open(browser), open(browser)]);
  await box(one, "queue.spansMax").fill("500,000");
  await box(two, "queue.spansMax").fill("100,000");
  await save(one);
  await expect(one.getByText(new RegExp(`^Saved Standard pipeline v${base + 1}`))).toBeVisible();
  await expect(two.getByText(`v${base + 1} was saved meanwhile.`)).toBeVisible();
  await save(two);
  const conflict = two.getByRole("dialog", { name: new RegExp(`saved v${base + 1} while you were editing v${base}`) });
  await expect(conflict).toContainText("queue: 200,000 → 500,000 spans");
  await shoot(two, "pipeline-conflict");
  await conflict.getByRole("button", { name: new RegExp(`on top of v${base + 1}`) }).click();
  await expect(box(two, "queue.spansMax")).toHaveValue("100,000");
  await save(two);
  await expect(two.getByText(new RegExp(`^Saved Standard pipeline v${base + 2}`))).toBeVisible();
  const queueOf = async (number: number) => (await api.trpc.pipelines.version.query({ id, number })).body.queue.spansMax;
  expect([await queueOf(base + 1), await queueOf(base + 2)]).toEqual([500_000, 100_000]);
  await Promise.all([one.context().close(), two.context().close()]);
});

test("settings are copied under another name, and a viewer can only look", async ({ browser }) => {
  const page = await open(browser);
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Duplicate" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Standard pipeline copy" })).toBeVisible();
  expect((await api.trpc.pipelines.list.query()).map(({ name }) => name).sort()).toEqual(["Standard pipeline", "Standard pipeline copy"]);
  await page.context().close();

  const viewer = { email: "viewer@example.com", password: "a long enough password" };
  const { url } = await api.trpc.people.invite.mutate({ role: "viewer", email: viewer.email });
  const context = await browser.newContext({ baseURL: headgate.http });
  const headers = { origin: headgate.http };
  const token = new URL(url).searchParams.get("token");
  expect((await context.request.post("/api/setup", { data: { token, name: "Viewer", ...viewer }, headers })).ok()).toBe(true);
  expect((await context.request.post("/api/auth/sign-in/email", { data: viewer, headers })).ok()).toBe(true);
  const looking = await context.newPage();
  await looking.goto(`/pipeline/${id}`);
  await expect(looking.getByText("Read-only.")).toBeVisible();
  await expect(setting(looking, "delivery.concurrency")).toContainText("4 batches");
  await expect(setting(looking, "delivery.concurrency").getByRole("textbox")).toHaveCount(0);
  await expect(looking.getByRole("button", { name: /^(Save|Apply|Set|Back to default)/ })).toHaveCount(0);
  await looking.goto("/pipeline/new");
  await expect(looking.getByText("Read-only.")).toBeVisible();
  await context.close();
});

test("a queue too small for the measured peak is told at its field, and put right with one click", async ({ browser }) => {
  const page = await open(browser);
  await expect(page.getByRole("region", { name: "Against what is measured" })).toContainText(/Nothing is measured|no peak to go by|Peak of one collector/);
  await shoot(page, "pipeline-unmeasured");
  const sdk = startSdk({ protocol: "grpc", endpoint: `http://127.0.0.1:${headgate.collectors[0].otlpGrpc}`, rate: 100 });
  try {
    await waitFor("a peak", async () => ((await api.trpc.pipelines.measured.query())?.peak.keptPerS ?? 0) > 20, { timeoutMs: 40_000 });
  } finally {
    await sdk.stop();
  }
  await page.reload();
  await expect(page.getByRole("region", { name: "Against what is measured" })).toContainText("Peak of one collector");
  await shoot(page, "pipeline-measured");
  await page.goto("/");
  await page.getByRole("region", { name: "Running now" }).getByRole("link", { name: "Standard pipeline" }).click();
  await box(page, "queue.spansMax").fill("5");
  const finding = page.locator('[data-finding="queue.spansMax"]');
  await expect(finding).toContainText(/holds 0\.\d+ s of the peak of \d+ kept spans\/s of one collector \(over the last 15 min\); 2 to 3 s are needed/);
  await shoot(page, "pipeline-finding");
  await finding.getByRole("button", { name: /^Set / }).click();
  await expect(finding).toHaveCount(0);
  const { peak } = (await api.trpc.pipelines.measured.query()) ?? { peak: { keptPerS: 0 } };
  expect(Number((await box(page, "queue.spansMax").inputValue()).replaceAll(",", ""))).toBeGreaterThanOrEqual(Math.floor(peak.keptPerS * 2));
  await page.context().close();
});

test("the form is worked by keyboard, fits a phone, and has no violation in light and dark, with problems and findings on it", async ({ browser }) => {
  test.setTimeout(300_000);
  for (const [colorScheme, viewport] of [
    ["light", { width: 1440, height: 900 }],
    ["dark", { width: 1440, height: 900 }],
    ["light", { width: 390, height: 844 }],
    ["dark", { width: 390, height: 844 }],
  ] as const) {
    // The pass before has left a draft at the server, which would be gone on with.
    await api.trpc.drafts.discard.mutate({ kind: "pipeline", key: id });
    const context = await signedInContext(browser, headgate.http, { colorScheme, viewport });
    const page = await context.newPage();
    await page.goto(`/pipeline/${id}`);
    await box(page, "queue.spansMax").fill("5");
    await box(page, "retry.maxMs").fill("soon");
    await expect(page.getByText("1 error.")).toBeVisible();
    await page.keyboard.press("ControlOrMeta+z");
    await expect(box(page, "retry.maxMs")).toHaveValue("5");
    await page.keyboard.press("Shift+ControlOrMeta+z");
    await expect(box(page, "retry.maxMs")).toHaveValue("soon");
    const name = `pipeline-form-${colorScheme}-${viewport.width}`;
    await expectNoSidewaysScroll(page);
    await expectNoViolations(page, name);
    await shoot(page, name);
    await page.keyboard.press("ControlOrMeta+z");
    await expect(page.locator("[data-finding]").first()).toBeVisible();
    await expectNoViolations(page, `${name}-findings`);
    await shoot(page, `${name}-findings`);
    await page.keyboard.press("ControlOrMeta+s");
    await expect(page.getByRole("dialog", { name: /^Save Standard pipeline/ })).toBeVisible();
    await expectNoViolations(page, `${name}-saving`);
    await context.close();
  }
});
