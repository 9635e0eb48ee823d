import { expect, type Page, test } from "@playwright/test";
import { type Api, OWNER, signIn } from "#tests/fixtures/api.ts";
import { type CountingSink, startCountingSink } from "#tests/fixtures/countingSink.ts";
import { type Headgate, startHeadgate } from "#tests/fixtures/headgate.ts";
import { scrape, unaccounted } from "#tests/fixtures/metrics.ts";
import { startSdk } from "#tests/fixtures/sdkProcess.ts";
import { waitFor } from "#tests/fixtures/waitFor.ts";
import { choose, figure, saveAndApply, setKeep, shoot, tier } from "./browser.ts";

/** What a newcomer does, once per protocol of the SDK, in a house that was never used before. */
for (const protocol of ["grpc", "http"] as const) {
  test.describe(`the whole loop with an SDK over OTLP/${protocol}`, () => {
    let headgate: Headgate;
    let sink: CountingSink;
    let api: Api;

    test.beforeAll(async () => {
      sink = await startCountingSink();
      headgate = await startHeadgate();
    });
    test.afterAll(async () => {
      await headgate?.remove();
      await sink?.stop();
    });

    test("edits four tiers in the browser, and live traffic changes within two seconds, with every span accounted for", async ({ browser }) => {
      test.setTimeout(180_000);
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, baseURL: headgate.http });
      const page = await context.newPage();
      const foreign: string[] = [];
      page.on("request", (request) => {
        if (!request.url().startsWith(headgate.http) && !request.url().startsWith("data:")) foreign.push(request.url());
      });

      await test.step("the one-time link creates the owner", async () => {
        await page.goto(headgate.setupUrl ?? "");
        await page.getByLabel("Name", { exact: true }).fill(OWNER.name);
        await page.getByLabel(/e-?mail/i).fill(OWNER.email);
        await page.getByLabel("Password", { exact: true }).fill(OWNER.password);
        await page.getByLabel("Password again").fill(OWNER.password);
        await shoot(page, `${protocol}-1-setup`);
        await page.getByRole("button", { name: "Create the account" }).click();
        await expect(page.getByRole("heading", { name: "Overview", level: 1 })).toBeVisible();
        api = await signIn(headgate.http);
      });

      const collector = headgate.collectors[0];
      await test.step("the page waits for the first span, then says that it came", async () => {
        await expect(page.getByText("waiting for the first span…")).toBeVisible();
        await shoot(page, `${protocol}-2-first-run`);
      });
      const sdk = startSdk({ protocol, endpoint: `http://127.0.0.1:${protocol === "grpc" ? collector.otlpGrpc : collector.otlpHttp}`, rate: 200 });
      await expect(page.getByText("spans are arriving")).toBeVisible();
      await expect(page.getByText("The first spans have arrived.")).toBeVisible();
      await shoot(page, `${protocol}-3-first-spans`);

      await test.step("the destination is set to a backend", async () => {
        await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Destination" }).click();
        await page.getByRole("link", { name: "Add destination" }).click();
        await page.getByRole("textbox", { name: "Endpoint" }).fill(`http://127.0.0.1:${sink.grpcPort}`);
        await page.getByRole("button", { name: /check/i }).click();
        await expect(page.getByText(/local-1, /)).toBeVisible();
        await shoot(page, `${protocol}-4-destination`);
        await saveAndApply(page, "To the test's backend");
        await page.getByRole("button", { name: "Done" }).click();
        await waitFor("spans at the backend", () => sink.spans.size > 0);
      });

      const live = await context.newPage();
      await live.goto("/live");
      await expect(figure(live, "In")).toContainText("spans/s");
      await expect(figure(live, "Kept")).toContainText("100%");

      await test.step("four tiers are edited in the form, saved and applied", async () => {
        await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Sampling" }).click();
        await page.getByRole("link", { name: "keep everything", exact: true }).click();
        await writeFourTiers(page);
        await shoot(page, `${protocol}-5-four-tiers`);
      });
      const acknowledgedMs = await saveAndApply(page, "Four tiers");
      await shoot(page, `${protocol}-6-applied`);

      await test.step("the live page shows it within two seconds of the acknowledgement", async () => {
        await expect(figure(live, "Kept")).not.toContainText("100%", { timeout: 2_000 - (Date.now() - acknowledgedMs) });
        const rows = await api.trpc.fleet.list.query();
        expect(rows.map(({ configState }) => configState)).toEqual(["in-sync"]);
        // 1.7 % errors, 5 % slow, half of 6.7 % payments, a tenth of the rest: 19 %, give or take what a second's traces happen to be.
        await expect(figure(live, "Kept")).toContainText(/spans\/s(1\d|2\d)(\.\d+)?%/);
        await shoot(live, `${protocol}-7-live`);
      });

      await test.step("not one span is unaccounted for", async () => {
        const sent = await sdk.stop();
        const ledger = await waitFor("an empty queue", async () => {
          const now = await headgate.ledger();
          expect(unaccounted(now)).toBe(0);
          return now.queued === 0 && now;
        });
        expect(sent.acknowledged.size).toBe(sent.ended);
        expect(ledger.received).toBe(sent.ended);
        expect(ledger).toMatchObject({ dropped: 0, refused: 0, waiting: 0 });
        expect(ledger.received).toBe(ledger.sampledOut + ledger.delivered);
        expect(ledger.sampledOut).toBeGreaterThan(0);
        // The first spans went to the archive, before the destination was set; all later ones that were kept are at the backend, once.
        const archived = ledger.delivered - sink.spans.size;
        expect(archived).toBeGreaterThan(0);
        expect(sink.total()).toBe(sink.spans.size);
        for (const spanId of sink.spans.keys()) expect(sent.acknowledged.has(spanId)).toBe(true);
        const metrics = await scrape(collector.metrics);
        const tiers = ["errors", "slow requests", "payments", "default"].map((name) => metrics.get(`headgate_spans_kept_total{tier="${name}"}`) ?? 0);
        for (const kept of tiers) expect(kept).toBeGreaterThan(0);
        await shoot(live, `${protocol}-8-live-after`);
      });

      expect(foreign).toEqual([]);
      await context.close();
    });
  });
}

/** errors 100 %, slower than 500 ms 100 %, payments 50 %, everything else 10 %. */
async function writeFourTiers(page: Page): Promise<void> {
  const add = page.getByRole("button", { name: /^Add tier/ });
  for (let count = 0; count < 3; count++) await add.click();
  const rename = async (number: number, name: string) =>
    tier(page, number)
      .getByRole("textbox", { name: /^Name of tier/ })
      .fill(name);

  await rename(1, "errors");
  await choose(tier(page, 1), /what is compared/, "status");
  await rename(2, "slow requests");
  await choose(tier(page, 2), /what is compared/, "duration");
  await tier(page, 2)
    .getByRole("textbox", { name: /duration in milliseconds/ })
    .fill("500");
  await rename(3, "payments");
  await choose(tier(page, 3), /how the endpoint is compared/, "contains");
  await tier(page, 3)
    .getByRole("textbox", { name: /endpoint 1$/ })
    .fill("/api/payment");

  await setKeep(page, 1, "100");
  await setKeep(page, 2, "100");
  await setKeep(page, 3, "150");
  await expect(tier(page, 3).getByRole("alert")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Save as v/ })).toBeDisabled();
  await setKeep(page, 3, "50");
  await setKeep(page, 4, "10");
  await expect(page.getByRole("button", { name: /^Save as v/ })).toBeEnabled();
}
