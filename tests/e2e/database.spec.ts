import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { createOwner } from "#tests/fixtures/api.ts";
import { type Headgate, startHeadgate } from "#tests/fixtures/headgate.ts";
import { unaccounted } from "#tests/fixtures/metrics.ts";
import { startSdk } from "#tests/fixtures/sdkProcess.ts";
import { figure, shoot, signedInContext } from "./browser.ts";

let headgate: Headgate;
test.beforeAll(async () => {
  headgate = await startHeadgate();
});
test.afterAll(() => headgate?.remove());

/** The embedded database's main process. */
function postmasterPid(dataDir: string): number {
  const file = readdirSync(dataDir, { recursive: true, encoding: "utf8" }).find((name) => name.endsWith("postmaster.pid"));
  if (file === undefined) throw new Error("no postmaster.pid");
  return Number(readFileSync(join(dataDir, file), "utf8").split("\n")[0]);
}

test("the database is killed (-9): the page says so, collectors go on, and all is well again without a restart", async ({ browser }) => {
  const api = await createOwner(headgate);
  const before = await api.trpc.policies.list.query();
  const context = await signedInContext(browser, headgate.http);
  const page = await context.newPage();
  await page.goto("/live");
  const sdk = startSdk({ protocol: "grpc", endpoint: `http://127.0.0.1:${headgate.collectors[0].otlpGrpc}`, rate: 100 });
  await expect(figure(page, "In")).toContainText("spans/s");
  await expect(page.locator('[data-slot="health-banner"]')).toHaveCount(0);

  process.kill(postmasterPid(headgate.dataDir), "SIGKILL");
  await expect(page.getByText(/database has not answered since/i)).toBeVisible({ timeout: 20_000 });
  await shoot(page, "database-down");
  const during = await headgate.ledger();

  await expect(page.locator('[data-slot="health-banner"]')).toHaveCount(0, { timeout: 60_000 });
  await expect.poll(async () => (await fetch(`${headgate.http}/readyz`)).status, { timeout: 30_000 }).toBe(200);
  expect(await api.trpc.policies.list.query()).toEqual(before);
  await api.trpc.policies.create.mutate({
    name: "after the outage",
    body: { scope: "span", tiers: [{ name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 1 } }] },
  });

  const sent = await sdk.stop();
  const ledger = await headgate.ledger();
  expect(sent.failed).toBe(0);
  expect(ledger.received).toBe(sent.ended);
  expect(ledger.received).toBeGreaterThan(during.received);
  expect(unaccounted(ledger)).toBe(0);
  await context.close();
});
