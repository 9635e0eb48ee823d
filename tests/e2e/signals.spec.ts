import { expect, test } from "@playwright/test";
import { encodeNumbered } from "#collector/signals/signalTestData.ts";
import { SIGNALS } from "#domain/pipeline/signals.ts";
import { createOwner } from "#tests/fixtures/api.ts";
import { type Headgate, startHeadgate } from "#tests/fixtures/headgate.ts";
import { startOtlpSink } from "#tests/fixtures/otlpSink.ts";
import { waitFor } from "#tests/fixtures/waitFor.ts";
import { expectNoSidewaysScroll, expectNoViolations, shoot, signedInContext } from "./browser.ts";

let headgate: Headgate;
test.beforeAll(async () => {
  headgate = await startHeadgate();
});
test.afterAll(() => headgate?.remove());

test("metrics and logs that pass through a collector stand on its page, apart from spans", async ({ browser }) => {
  test.setTimeout(240_000);
  const sink = await startOtlpSink();
  const api = await createOwner(headgate);
  const destination = await api.trpc.destinations.create.mutate({
    name: "backend",
    body: { kind: "otlp", protocol: "grpc", endpoint: sink.grpcUrl, compression: "none", headers: [] },
  });
  const { revision } = await api.trpc.revisions.start.mutate({ kind: "destination", id: destination.id, version: 1 });
  await waitFor("the collector to run it", async () =>
    (await api.trpc.revisions.status.query({ revision })).collectors.every(({ state }) => state === "applied"),
  );
  const [{ otlpHttp }] = headgate.collectors;
  for (const signal of SIGNALS) {
    const body = new Uint8Array(encodeNumbered(signal, 0, 120));
    const headers = { "content-type": "application/x-protobuf" };
    expect((await fetch(`http://127.0.0.1:${otlpHttp}/v1/${signal}`, { method: "POST", headers, body })).status).toBe(200);
  }
  const [{ id }] = await api.trpc.fleet.list.query();
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1440, 390]) {
      const page = await (await signedInContext(browser, headgate.http, { colorScheme, viewport: { width, height: 960 } })).newPage();
      await page.goto(`/fleet/${id}`);
      const table = page.getByRole("region", { name: "Metrics and logs, table" });
      await expect(table.getByRole("row", { name: /metrics data points/ })).toContainText("120");
      await expect(table.getByRole("row", { name: /logs log records/ })).toContainText("120");
      await table.scrollIntoViewIfNeeded();
      await expectNoSidewaysScroll(page);
      await expectNoViolations(page, `signals ${colorScheme} ${width}`);
      await shoot(page, `signals-${colorScheme}-${width}`);
    }
  }
  await sink.close();
});
