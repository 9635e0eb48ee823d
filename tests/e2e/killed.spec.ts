import { expect, test } from "@playwright/test";
import { type Api, createOwner } from "#tests/fixtures/api.ts";
import { type CountingSink, startCountingSink } from "#tests/fixtures/countingSink.ts";
import { type Headgate, startHeadgate } from "#tests/fixtures/headgate.ts";
import { ledgerOf, scrape, unaccounted } from "#tests/fixtures/metrics.ts";
import { startSdk } from "#tests/fixtures/sdkProcess.ts";
import { waitFor } from "#tests/fixtures/waitFor.ts";
import { figure, saveAndApply, setKeep, shoot, signedInContext } from "./browser.ts";

/** Between a clock reading here and one in the SDK's process, and for answers on their way. */
const MARGIN_MS = 200;

/** What consistent probability keeps: the last 56 bits of the trace id at or above the threshold. */
const isKept = (traceId: string, ratio: number) => BigInt(`0x${traceId.slice(-14)}`) >= BigInt(Math.round((1 - ratio) * 2 ** 56));

for (const protocol of ["grpc", "http"] as const) {
  test.describe(`the loop with the collector killed (-9) midway, OTLP/${protocol}`, () => {
    let headgate: Headgate;
    let sink: CountingSink;
    let api: Api;
    test.beforeAll(async () => {
      sink = await startCountingSink();
      headgate = await startHeadgate();
      api = await createOwner(headgate);
      const body = {
        kind: "otlp" as const,
        protocol: "grpc" as const,
        endpoint: `http://127.0.0.1:${sink.grpcPort}`,
        compression: "none" as const,
        headers: [],
      };
      const { id } = await api.trpc.destinations.create.mutate({ name: "backend", body });
      await api.trpc.revisions.start.mutate({ kind: "destination", id, version: 1 });
    });
    test.afterAll(async () => {
      await headgate?.remove();
      await sink?.stop();
    });

    test("goes on under the applied policy by itself, and loses no span that was acknowledged", async ({ browser }) => {
      test.setTimeout(180_000);
      const context = await signedInContext(browser, headgate.http);
      const page = await context.newPage();
      const [collector] = headgate.collectors;
      const inSync = () =>
        waitFor("the collector in sync", async () =>
          (await api.trpc.fleet.list.query()).every(({ state, configState }) => state === "online" && configState === "in-sync"),
        );
      await inSync();

      const [policy] = await api.trpc.policies.list.query();
      await page.goto(`/sampling/${policy.id}`);
      await setKeep(page, 1, "50");
      await saveAndApply(page, "Half of everything");
      await page.getByRole("button", { name: "Done" }).click();
      const sdk = startSdk({ protocol, endpoint: `http://127.0.0.1:${protocol === "grpc" ? collector.otlpGrpc : collector.otlpHttp}`, rate: 200 });
      await waitFor("some seconds of traffic", async () => (await headgate.ledger()).received > 2_000);

      process.kill(collector.pid, "SIGKILL");
      const killedMs = Date.now();
      await waitFor("the collector to be back", async () => ledgerOf(await scrape(collector.metrics).catch(() => new Map())).received > 0, {
        timeoutMs: 30_000,
      });
      await inSync();
      await waitFor("traffic after the restart", async () => (await headgate.ledger()).received > 1_000);

      const secondMs = Date.now();
      await setKeep(page, 1, "25");
      const live = await context.newPage();
      await live.goto("/live");
      await expect(figure(live, "Kept")).toContainText("%");
      const acknowledgedMs = await saveAndApply(page, "A quarter of everything");
      await expect(figure(live, "Kept")).toContainText(/spans\/s(1\d|2\d|3[0-4])(\.\d+)?%/, { timeout: 3_000 });
      await shoot(live, `killed-${protocol}-live`);
      await live.waitForTimeout(2_000);

      const sent = await sdk.stop();
      const after = await waitFor("an empty queue", async () => {
        const now = await headgate.ledger();
        expect(unaccounted(now)).toBe(0);
        return now.queued === 0 && now;
      });
      expect(after).toMatchObject({ dropped: 0, refused: 0 });
      expect(after.received).toBe(after.sampledOut + after.delivered);

      const between = (fromMs: number, toMs: number) => [...sent.acknowledged].filter(([, { atMs }]) => atMs >= fromMs && atMs < toMs);
      const missing = (spans: ReturnType<typeof between>, ratio: number) =>
        spans.filter(([spanId, { traceId }]) => isKept(traceId, ratio) && !sink.spans.has(spanId));
      const surplus = (spans: ReturnType<typeof between>, ratio: number) =>
        spans.filter(([spanId, { traceId }]) => !isKept(traceId, ratio) && sink.spans.has(spanId));

      const before = between(0, killedMs + MARGIN_MS);
      const restarted = between(killedMs + MARGIN_MS, secondMs);
      const quarter = between(acknowledgedMs + MARGIN_MS, Number.POSITIVE_INFINITY);
      for (const part of [before, restarted, quarter]) expect(part.length).toBeGreaterThan(50);

      expect(missing(before, 0.5)).toEqual([]);
      expect(missing(restarted, 0.5)).toEqual([]);
      expect(missing(quarter, 0.25)).toEqual([]);
      for (const part of [before, restarted]) expect(surplus(part, 0.5)).toEqual([]);
      expect(surplus(quarter, 0.25)).toEqual([]);
      // Everything that the new process acknowledged, it had received.
      expect(after.received).toBeGreaterThanOrEqual(restarted.length + quarter.length);
      await context.close();
    });
  });
}
