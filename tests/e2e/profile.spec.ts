import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "@playwright/test";
import { Profile } from "pprof-format";
import { createOwner } from "#tests/fixtures/api.ts";
import { type Headgate, startHeadgate } from "#tests/fixtures/headgate.ts";
import { waitFor } from "#tests/fixtures/waitFor.ts";
import { expectNoSidewaysScroll, expectNoViolations, shoot, signedInContext } from "./browser.ts";

let headgate: Headgate;
test.beforeAll(async () => {
  headgate = await startHeadgate();
});
test.afterAll(() => headgate?.remove());

test("a collector's page shows what its runtime takes, and records a profile of it that the browser saves", async ({ browser }) => {
  test.setTimeout(240_000);
  const api = await createOwner(headgate);
  const row = await waitFor("a collector that says what it takes", async () => (await api.trpc.fleet.list.query()).find(({ runtime }) => runtime !== null), {
    timeoutMs: 60_000,
  });
  for (const [colorScheme, width] of [
    ["light", 1440],
    ["dark", 1440],
    ["dark", 390],
    ["light", 390],
  ] as const) {
    const context = await signedInContext(browser, headgate.http, { colorScheme, viewport: { width, height: 900 } });
    const page = await context.newPage();
    await page.goto(`/fleet/${row.id}`);
    const panel = page.getByRole("region", { name: "Runtime" });
    await expect(panel.getByText("Turn of the event loop")).toBeVisible({ timeout: 30_000 });
    await expect(panel.getByText(/of each second · longest pause/)).toBeVisible();
    await panel.scrollIntoViewIfNeeded();
    await shoot(page, `profile-panel-${colorScheme}-${width}`);
    await panel.getByRole("button", { name: "Record a profile…" }).click();
    const dialog = page.getByRole("dialog", { name: `Profile ${row.name}` });
    await dialog.getByRole("radio", { name: "5 s" }).click();
    const saved = page.waitForEvent("download", { timeout: 60_000 });
    await dialog.getByRole("button", { name: "Record" }).click();
    await expect(dialog.getByRole("progressbar")).toBeVisible();
    await shoot(page, `profile-recording-${colorScheme}-${width}`);
    const file = await saved;
    expect(file.suggestedFilename()).toMatch(/-cpu-\d{8}T\d{6}\.pb\.gz$/);
    const { strings } = Profile.decode(gunzipSync(readFileSync(await file.path()))).stringTable;
    expect(strings).toEqual(expect.arrayContaining(["nanoseconds", "thread", "main"]));
    await expect(dialog.getByRole("status")).toContainText(file.suggestedFilename());
    await expect(dialog.getByRole("link", { name: "Download again" })).toBeVisible();
    await shoot(page, `profile-done-${colorScheme}-${width}`);
    await expectNoViolations(page, `the dialog, ${colorScheme}, ${width} px`);
    await expectNoSidewaysScroll(page);
    // Given up, the collector is free for the next one.
    await dialog.getByRole("button", { name: "Record again" }).click();
    await expect(dialog.getByRole("progressbar")).toBeVisible();
    await dialog.getByRole("button", { name: "Give up" }).click();
    await expect(dialog).toBeHidden();
    await context.close();
    await waitFor("that nothing is recorded", async () => {
      const recorded = await api.trpc.fleet.recordProfile.mutate({ id: row.id, kind: "heap", seconds: 1 }).catch(() => undefined);
      return recorded !== undefined;
    });
  }
  // Said as it is when the collector can't.
  await api.trpc.fleet.revokeCredential.mutate({ id: row.id });
  const context = await signedInContext(browser, headgate.http);
  const page = await context.newPage();
  await page.goto(`/fleet/${row.id}`);
  await expect(page.getByRole("button", { name: "Record a profile…" })).toBeDisabled({ timeout: 30_000 });
  await context.close();
});
