import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { evenCounts, replayFigures } from "#domain/sampling/compare/comparisonTestData.ts";
import type { ReplayFigures, ShadowReport } from "#domain/sampling/compare/shadowReport.ts";
import { type Api, createOwner } from "#tests/fixtures/api.ts";
import { type Headgate, startHeadgate } from "#tests/fixtures/headgate.ts";
import { waitFor } from "#tests/fixtures/waitFor.ts";
import { type ConnectedCollector, enrol, type TestCollector } from "#tests/integration/serverProcess.ts";
import { choose, expectLooks, shoot, signedInContext } from "./browser.ts";

const HOUR = 3_600_000;
const body = (ratio: number) => ({
  scope: "span" as const,
  tiers: [{ name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio } }],
});

let headgate: Headgate;
let api: Api;
let policyId: string;
let collectors: TestCollector[];
let streams: ConnectedCollector[];
test.beforeAll(async () => {
  headgate = await startHeadgate();
  api = await createOwner(headgate);
  ({ id: policyId } = await api.trpc.policies.create.mutate({ name: "checkout", body: body(0.25) }));
  const token = readFileSync(join(headgate.dataDir, "local-enrolment-token"), "utf8").trim();
  collectors = [];
  for (const name of ["edge-1", "edge-2", "edge-old"]) collectors.push(await enrol(headgate.fleet, token, { name }));
  const capabilities = ["config", "measurements", "shadow"];
  streams = collectors.map((collector, index) => collector.connect({ capabilities: index === 2 ? capabilities : [...capabilities, "replay"] }));
  await waitFor("all to be known", async () => (await api.trpc.fleet.list.query()).filter(({ state }) => state !== "offline").length === 4);
  await api.trpc.groups.create.mutate({ name: "test group", selector: "env=test" });
});
test.afterAll(async () => {
  for (const collector of collectors ?? []) collector.close();
  await headgate?.remove();
});

function report(stream: ConnectedCollector, shadowId: string, replay: Partial<ReplayFigures>, more: Partial<ShadowReport> = {}): void {
  const untilMs = Date.now() - 120_000;
  const windowMs = 5 * HOUR + 58 * 60_000;
  const counts = evenCounts({ spans: 100_000, live: 1, candidate: 0.25 });
  const example = { traceId: "48eb211c80319c0048eb211c80319c00", service: "payments", endpoint: "POST /api/payment", durationMs: 12, spans: 3 };
  const full: ShadowReport = {
    ...{ state: "running", reason: "", countingSinceMs: 1, windowMs, restarts: 0, share: 1, cpuMs: 4_200, threadCpuMs: 4_200 },
    live: { revision: 1, hasBudget: false, scope: "span", decisionWaitMs: 0, decisionWaitAfterRootMs: 0 },
    counts: { ...counts, seen: { spans: 6_400_000, bytes: 640_000_000 }, candidateTiers: [{ name: "default", outcomes: counts.total }] },
    newlyDropped: [{ ...example, status: "ok", liveTier: "default", candidateTier: "default", atMs: untilMs }],
    newlyKept: [],
    replay: replayFigures({ fromMs: untilMs - windowMs, untilMs, recordedShare: 0.25, spans: 1_600_000, spansPerS: 612_000, ...replay }),
    ...more,
  };
  stream.send({ shadowReport: { shadowId, report: JSON.stringify(full) } });
}

const asked = (stream: ConnectedCollector, id: string) =>
  stream.next(`${id} to begin`, ({ replay }) => (replay?.shadowId === id && replay.policy ? replay : undefined));
const runOf = (page: Page) => new URL(page.url()).searchParams.get("run") ?? "";
const GAP = { reason: "the disk was full" };

test("a version is tried over the last hours: with progress, cancel, a verdict that says which hours, and a rollout that takes its forecast from it", async ({
  browser,
}) => {
  test.setTimeout(300_000);
  const context = await signedInContext(browser, headgate.http);
  const page = await context.newPage();
  const verdict = page.locator("[data-slot=verdict]");

  await test.step("from its page to the form, by keyboard", async () => {
    await page.goto(`/sampling/${policyId}/versions/1`);
    await page.getByRole("button", { name: "Try", exact: true }).focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("menuitem", { name: "On live traffic" })).toBeFocused();
    await shoot(page, "replay-menu");
    await page.keyboard.press("ArrowDown");
    await expect(page.getByRole("menuitem", { name: "On the last hours" })).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/compare\?policy=.*&over=recording/);
    await expect(page.getByRole("radio", { name: "On the last hours" })).toBeChecked();
    await expect(page.getByRole("radio", { name: "6 h" })).toBeChecked();
    await choose(page, "On the traffic of", "test group");
    await page.getByRole("radio", { name: "Other" }).click();
    await page.getByRole("textbox", { name: "Hours back" }).fill("200");
    await expect(page.getByRole("alert").filter({ hasText: "Whole hours, 1 to 168." })).toBeVisible();
    await expect(page.getByRole("button", { name: "Try it" })).toBeDisabled();
    await expectLooks(page, "replay-form");
    await page.getByRole("radio", { name: "6 h" }).click();
  });

  await test.step("while it is read: how far, how fast, and figures that are called partial; then it is cancelled", async () => {
    await page.getByRole("button", { name: "Try it" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "checkout v1" })).toBeVisible();
    await expect(verdict).toContainText("have not begun to read yet");
    const id = runOf(page);
    expect((await asked(streams[0], id)).backMs).toBe(6 * HOUR);
    await asked(streams[1], id);
    report(streams[0], id, { progress: 0.6, spans: 960_000 });
    report(streams[1], id, { progress: 0.2, spans: 320_000, spansPerS: 431_000 });
    await expect(page.getByRole("progressbar", { name: "Read of all recordings" })).toHaveAttribute("aria-valuenow", "40");
    await expect(page.getByText("40% read · 1.28M spans · 1.04M spans/s")).toBeVisible();
    await expect(verdict).toContainText(
      /^So far, 40% read: checkout v1 would have kept 25% instead of 100% over the recorded 5 h 58 min until \d\d:\d\d: .* a month less, ± \$/,
    );
    await expect(page.locator("[data-slot=status]").filter({ hasText: "partial" })).toBeVisible();
    await expect(page.getByText("it is of a version that can't try policies over a recording; update it")).toBeVisible();
    await expectLooks(page, "replay-running");
    await page.getByRole("button", { name: "Cancel" }).click();
    await streams[0].next("to be told", ({ replay }) => replay?.shadowId === id && !replay.policy);
    for (const [index, stream] of streams.slice(0, 2).entries()) report(stream, id, { progress: index === 0 ? 0.6 : 0.2 }, { state: "stopped" });
    await expect(verdict).toContainText("Cancelled when 40% was read: ");
    await expect(page.getByText("The recording was not read to its end")).toBeVisible();
  });

  await test.step("once more, to the end: what the recording lacks is said, and the list tells the two kinds apart", async () => {
    await page.getByRole("button", { name: "Try again on the last 6 h" }).click();
    await expect(verdict).toContainText("have not begun to read yet");
    const id = runOf(page);
    await asked(streams[0], id);
    await asked(streams[1], id);
    const untilMs = Date.now() - 2 * HOUR;
    report(streams[0], id, { redacted: ["db.statement"], gaps: [{ ...GAP, fromMs: untilMs - 180_000, untilMs }] }, { state: "ended" });
    report(streams[1], id, { fromMs: untilMs, redacted: ["db.statement"] }, { state: "ended" });
    await expect(verdict).toContainText(/^checkout v1 would have kept 25% instead of 100% over the recorded 5 h 58 min until \d\d:\d\d: /);
    await expect(page.getByRole("progressbar")).toHaveCount(0);
    const exact = page.getByRole("region", { name: "What is exact, and what is estimated" });
    await expect(exact.getByText("A policy asks for db.statement, redacted in the recording")).toBeVisible();
    await expect(exact.getByText("(3 min): the disk was full")).toBeVisible();
    await expect(exact.getByText(/Less was recorded than asked for: as little as 1 h 58 min instead of 6 h/)).toBeVisible();
    await expect(exact.getByText("Of the spans that came in 25% were recorded")).toBeVisible();
    await expectLooks(page, "replay-done");
    await page.goto("/compare");
    const latest = page.getByRole("region", { name: "Latest comparisons", exact: true });
    await expect(latest.getByRole("row").filter({ hasText: "the last 6 h" })).toHaveCount(2);
  });

  await test.step("a rollout takes its forecast from it, and says so", async () => {
    await page.goto(`/sampling/${policyId}?apply=1`);
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByRole("button", { name: "Try first" })).toBeVisible();
    await dialog.getByRole("checkbox", { name: /test group/ }).check();
    await dialog.getByRole("button", { name: "Roll out in stages…" }).click();
    await expect(page.getByRole("dialog").getByRole("link", { name: /^the comparison over the recorded 5 h 58 min until / })).toBeVisible();
    await page.keyboard.press("Escape");
  });

  await test.step("where nothing is recorded, each says why and the page where that is set", async () => {
    await page.goto(`/compare?policy=${policyId}&version=1&over=recording`);
    await choose(page, "On the traffic of", "edge-1");
    await page.getByRole("button", { name: "Try it" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "checkout v1" })).toBeVisible();
    const id = runOf(page);
    await asked(streams[0], id);
    const reason = "nothing is recorded: recording is turned off in its pipeline settings";
    const nothing = { progress: 0, fromMs: 0, untilMs: 0, spans: 0, spansPerS: 0 };
    report(streams[0], id, nothing, { state: "refused", reason, counts: evenCounts({ spans: 0, live: 0, candidate: 0 }), newlyDropped: [] });
    await expect(verdict).toContainText("None of the collectors has a recording to try it over; each says why below.");
    await expect(page.getByText(reason)).toBeVisible();
    await expectLooks(page, "replay-refused");
    await page.getByRole("link", { name: "Open the pipeline settings" }).click();
    await expect(page).toHaveURL(/\/pipeline/);
  });
  await context.close();
});
