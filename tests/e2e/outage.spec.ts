import { expect, test } from "@playwright/test";
import { startFaultyBackend } from "#tests/faults/faultyBackend.ts";
import { startSender } from "#tests/faults/sender.ts";
import { createOwner } from "#tests/fixtures/api.ts";
import { type Headgate, startHeadgate } from "#tests/fixtures/headgate.ts";
import { unaccounted } from "#tests/fixtures/metrics.ts";
import { waitFor } from "#tests/fixtures/waitFor.ts";
import { expectNoSidewaysScroll, expectNoViolations, shoot, signedInContext } from "./browser.ts";

/** OUTAGE_IMAGES_FOLDER=docs/images makes the pictures of the documentation, after minutes of history instead of seconds. */
const imagesFolder = process.env.OUTAGE_IMAGES_FOLDER;
const pace = imagesFolder === undefined ? 1 : 8;

let headgate: Headgate;
test.beforeAll(async () => {
  headgate = await startHeadgate();
});
test.afterAll(() => headgate?.remove());

test("a backend that goes away and comes back is told on the pages as it happens, and costs nothing", async ({ browser }) => {
  test.setTimeout(240_000 * pace);
  const backend = await startFaultyBackend({ identify: true });
  const api = await createOwner(headgate);
  const destination = await api.trpc.destinations.create.mutate({
    name: "backend",
    body: { kind: "otlp", protocol: "grpc", endpoint: backend.grpcUrl, compression: "none", headers: [] },
  });
  await api.trpc.revisions.start.mutate({ kind: "destination", id: destination.id, version: 1 });
  const [{ id }] = await api.trpc.pipelines.list.query();
  const { body, currentVersion } = await api.trpc.pipelines.get.query({ id });
  const breaker = { ...body.breaker, openForMs: 4000 };
  const { version } = await api.trpc.pipelines.saveVersion.mutate({
    id,
    baseVersion: currentVersion,
    body: { ...body, breaker },
    message: "Probe every four seconds",
  });
  const { revision } = await api.trpc.revisions.start.mutate({ kind: "pipeline", id, version });
  await waitFor("the collector to run it", async () =>
    (await api.trpc.revisions.status.query({ revision })).collectors.every(({ state }) => state === "applied"),
  );
  const [{ otlpGrpc }] = headgate.collectors;
  const sender = startSender({ protocol: "grpc", port: otlpGrpc, connections: 2, spansPerSecond: 2000, spansPerRequest: 50, tag: 21 });

  const context = await signedInContext(browser, headgate.http);
  const live = await context.newPage();
  await live.goto("/live");
  const [{ id: collectorId }] = await api.trpc.fleet.list.query();
  const collectorPage = await context.newPage();
  await collectorPage.goto(`/fleet/${collectorId}`);
  await expect(live.getByText("spans/s").first()).toBeVisible();
  await live.waitForTimeout(12_000 * pace);
  await expect(live.getByText(/breaker .*is open/)).toHaveCount(0);

  backend.behaviour = { kind: "grpc", code: 14 };
  await expect(live.getByText(/is open/).first()).toBeVisible({ timeout: 20_000 });
  await expect(collectorPage.getByText("open", { exact: true }).first()).toBeVisible({ timeout: 20_000 });
  await live.waitForTimeout(14_000 * pace);
  await shootLive("outage");
  await shoot(collectorPage, "outage-collector");
  await expectNoViolations(live, "Live in an outage");
  await expectNoViolations(collectorPage, "a collector in an outage");

  backend.behaviour = { kind: "ok" };
  await expect(live.getByText(/is open|half-open/)).toHaveCount(0, { timeout: 30_000 });
  await live.waitForTimeout(12_000 * pace);
  await shootLive("recovery");
  await shoot(collectorPage, "recovery-collector");

  await sender.stop();
  const ledger = await waitFor("an empty queue", async () => {
    const now = await headgate.ledger();
    expect(unaccounted(now)).toBe(0);
    return now.queued === 0 && now;
  });
  expect(ledger).toMatchObject({ received: sender.counts.acked, delivered: sender.counts.acked, dropped: 0 });
  expect(sender.acked.missingFrom(backend.ids)).toEqual([]);
  await backend.close();
  await context.close();

  async function shootLive(what: string): Promise<void> {
    for (const colorScheme of ["light", "dark"] as const) {
      for (const width of [1440, 390]) {
        await live.emulateMedia({ colorScheme });
        await live.setViewportSize({ width, height: 960 });
        await expectNoSidewaysScroll(live);
        await shoot(live, `${what}-live-${colorScheme}-${width}`);
        if (imagesFolder !== undefined) await live.screenshot({ path: `${imagesFolder}/${what}-${colorScheme}-${width}.png` });
      }
    }
    await live.emulateMedia({ colorScheme: "light" });
    await live.setViewportSize({ width: 1440, height: 960 });
  }
});
