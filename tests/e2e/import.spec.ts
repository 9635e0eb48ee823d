import { readFile } from "node:fs/promises";
import { type Download, expect, test } from "@playwright/test";
import { type Api, createOwner } from "#tests/fixtures/api.ts";
import { type Headgate, startHeadgate } from "#tests/fixtures/headgate.ts";
import { expectNoSidewaysScroll, expectNoViolations, shoot, signedInContext } from "./browser.ts";

let headgate: Headgate;
let api: Api;
test.beforeAll(async () => {
  headgate = await startHeadgate();
  api = await createOwner(headgate);
});
test.afterAll(() => headgate?.remove());

test("a Collector's configuration is read, its findings are named, and what was meant becomes a policy", async ({ browser }) => {
  const context = await signedInContext(browser, headgate.http);
  const page = await context.newPage();
  await page.goto("/sampling");
  await page.getByRole("link", { name: "Import", exact: true }).click();
  await expect(page).toHaveURL(/\/sampling\/import$/);
  await expect(page.getByText("Nothing to read yet")).toBeVisible();
  await shoot(page, "import-empty");

  const yaml = page.getByRole("textbox", { name: "YAML" });
  await yaml.fill("policies: [\n");
  await expect(page.getByRole("alert").filter({ hasText: "is no YAML at line" })).toBeVisible();
  await shoot(page, "import-broken");
  await yaml.fill("receivers: { otlp: {} }");
  await expect(page.getByText("There is no sampling in it")).toBeVisible();

  await page.getByRole("button", { name: "Example" }).click();
  await expect(page.getByRole("region", { name: "tail_sampling", exact: true })).toContainText("silently ignored");
  await expect(page.getByRole("region", { name: "As it runs" }).getByRole("listitem").filter({ hasText: "important APIs" })).toContainText("100%");
  await expect(page.getByRole("region", { name: "As meant" }).getByRole("listitem").filter({ hasText: "important APIs" })).toContainText("50%");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await shoot(page, `import-findings-${colorScheme}`);
    await expectNoViolations(page, `import, ${colorScheme}`);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await shoot(page, "import-findings-390");
  await expectNoSidewaysScroll(page);
  await page.setViewportSize({ width: 1440, height: 900 });

  const asWritten = await yaml.inputValue();
  await page.getByRole("button", { name: "line 18" }).press("Enter");
  await expect(yaml).toBeFocused();
  const selected = await yaml.evaluate((area) =>
    (area as HTMLTextAreaElement).value.slice((area as HTMLTextAreaElement).selectionStart, (area as HTMLTextAreaElement).selectionEnd),
  );
  expect(selected).toContain("sampling_percentage: 50");
  await page.getByRole("button", { name: "Combine string_attribute and probabilistic" }).click();
  await expect(page.getByRole("region", { name: "As it runs" }).getByRole("listitem").filter({ hasText: "important APIs" })).toContainText("50%");
  await expect(page.getByRole("region", { name: "tail_sampling", exact: true })).not.toContainText("silently ignored");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(yaml).toHaveValue(asWritten);

  await page.getByRole("textbox", { name: "Name" }).fill("from the collector");
  await page.getByRole("button", { name: "Create policy as meant" }).press("Enter");
  await expect(page).toHaveURL(/\/sampling\/(?!import)[^/]+$/);
  await expect(page.getByRole("heading", { level: 1, name: "from the collector" })).toBeVisible();
  const [policy] = (await api.trpc.policies.list.query()).filter(({ name }) => name === "from the collector");
  const { body } = await api.trpc.policies.get.query({ id: policy.id });
  expect(body.tiers.map(({ name, keep }) => [name, keep])).toContainEqual(["important APIs", { kind: "ratio", ratio: 0.5 }]);

  await page.getByRole("link", { name: "Export", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "from the collector for a Collector" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Collector configuration", exact: true })).toContainText("sampling_percentage: 50");
  const exported = page.waitForEvent("download");
  await page.getByRole("button", { name: /^Download the Collector configuration/ }).click();
  expect((await exported).suggestedFilename()).toBe("from-the-collector-v1.yaml");
  expect(await textOf(await exported)).toContain("sampling_percentage: 50");
  await shoot(page, "export");
  await expectNoViolations(page, "export");
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoSidewaysScroll(page);
  await context.close();
});

const LEFT_OUT = [
  "processors:",
  "  tail_sampling:",
  "    policies:",
  "      - name: tenants # those that pay",
  "        type: trace_state",
  "        trace_state: { key: tenant, values: [acme, globex] }",
  "      - name: volume",
  "        type: bytes_limiting",
  "        bytes_limiting:",
  "          bytes_per_second: 500000",
  "      - { name: rest, type: probabilistic, probabilistic: { sampling_percentage: 5 } }",
].join("\n");

test("what no tier can say is shown as it is written, with its lines, and can be taken away as a file", async ({ browser }) => {
  const context = await signedInContext(browser, headgate.http);
  const page = await context.newPage();
  await page.goto("/sampling/import");
  await page.getByRole("textbox", { name: "YAML" }).fill(LEFT_OUT);
  const panel = page.getByRole("region", { name: "What no tier can say" });
  await expect(panel).toContainText("name: tenants # those that pay");
  await expect(panel.locator('[data-slot="line-numbers"]').first()).toHaveText(/^4\s5\s6$/);
  const download = page.waitForEvent("download");
  await panel.getByRole("button", { name: /^Download what was left out/ }).click();
  expect((await download).suggestedFilename()).toBe("tail_sampling-left-out.yaml");
  const text = await textOf(await download);
  expect(text).toContain("  # line 7: limits bytes");
  expect(text).toContain("  - name: volume\n    type: bytes_limiting\n    bytes_limiting:\n      bytes_per_second: 500000\n");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await shoot(page, `import-left-out-${colorScheme}`);
    await expectNoViolations(page, `import, left out, ${colorScheme}`);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await shoot(page, "import-left-out-390");
  await expectNoSidewaysScroll(page);
  await context.close();
});

async function textOf(download: Download): Promise<string> {
  return readFile(await download.path(), "utf8");
}
