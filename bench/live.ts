// From a counter changing in a collector to the value at 20 subscribers, one of them a page in a real browser; and what that page costs the browser.
import { writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Browser, chromium, type Page } from "@playwright/test";
import { createOwner, OWNER } from "#tests/fixtures/api.ts";
import { CHROMIUM_ARGS, chromiumPath } from "#tests/fixtures/chromium.ts";
import { startHeadgate } from "#tests/fixtures/headgate.ts";
import { sendSpans } from "#tests/fixtures/sendSpans.ts";
import { waitFor } from "#tests/fixtures/waitFor.ts";

const SUBSCRIBERS = 20;
const BURSTS = 60;
const FILL_MS = 20_000;
const WATCH_MS = 30_000;

const { values } = parseArgs({ options: { json: { type: "string" } } });
const headgate = await startHeadgate();
let browser: Browser | undefined;
try {
  const { figures, text } = await measure();
  process.stdout.write(`${text}\n`);
  if (values.json) writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
} finally {
  await browser?.close();
  await headgate.remove();
}

async function measure() {
  const api = await createOwner(headgate);
  const { otlpHttp } = headgate.collectors[0];
  let sent = 0;
  /** Total spans sent → when the collector had counted them. */
  const changed = new Map<number, number>();
  const delays: number[] = [];
  const pageDelays: number[] = [];

  for (let index = 0; index < SUBSCRIBERS - 1; index++) {
    const seen = new Set<number>();
    api.subscribe([{ kind: "fleet" }], (event) => {
      if (event.kind !== "fleet" || !event.ledger) return;
      for (const [total, atMs] of changed) {
        if (total > event.ledger.received || seen.has(total)) continue;
        seen.add(total);
        delays.push(Date.now() - atMs);
      }
    });
  }
  const page = await openLivePage();
  await waitFor("the page's live stream", () => page.evaluate(() => window.benchEvents.length > 2));

  for (let burst = 0; burst < BURSTS; burst++) {
    const count = 100 + burst;
    // A different point within the second each time: measurements are taken on whole seconds.
    await pause(1_300 + ((burst * 617) % 1_000));
    const atMs = await sendSpans(otlpHttp, count);
    sent += count;
    changed.set(sent, atMs);
  }
  await pause(2_500);
  for (const [total, atMs] of changed) {
    const event = (await page.evaluate(() => window.benchEvents)).find(({ received, shownMs }) => received >= total && shownMs !== null);
    if (event?.shownMs) pageDelays.push(event.shownMs - atMs);
  }

  const steady = setInterval(() => void sendSpans(otlpHttp, 200), 250);
  await pause(FILL_MS);
  const cost = await browserCost(page, WATCH_MS);
  clearInterval(steady);

  const expected = (SUBSCRIBERS - 1) * BURSTS;
  const all = [...delays, ...pageDelays];
  const figures = {
    subscribers: SUBSCRIBERS,
    bursts: BURSTS,
    allP50Ms: quantile(all, 0.5),
    allP99Ms: quantile(all, 0.99),
    pageP50Ms: quantile(pageDelays, 0.5),
    pageP99Ms: quantile(pageDelays, 0.99),
    missed: expected + BURSTS - all.length,
    ...cost,
  };
  const rows = [
    ["counter → value, all subscribers, P50", `${figures.allP50Ms} ms`, ""],
    ["counter → value, all subscribers, P99", `${figures.allP99Ms} ms`, "< 1500 ms"],
    ["counter → value, the page in the browser, P50", `${figures.pageP50Ms} ms`, ""],
    ["counter → value, the page in the browser, P99", `${figures.pageP99Ms} ms`, "< 1500 ms"],
    ["changes that a subscriber never saw", `${figures.missed}`, "0"],
    ["Live page: renderer, share of one core", `${(cost.rendererShare * 100).toFixed(1)} %`, "< 20 %"],
    ["Live page: all of the browser's processes (no GPU)", `${(cost.browserShare * 100).toFixed(1)} %`, ""],
    ["Live page: tasks over 50 ms in 30 s", `${cost.longTasks}`, "0"],
    ["Live page: longest such task", `${cost.longestTaskMs} ms`, ""],
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column].length)));
  return {
    figures,
    text: rows.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join("  ")).join("\n"),
  };
}

/** The page notes when an event with the fleet's totals came in, and when it had changed what it shows because of it. */
async function openLivePage(): Promise<Page> {
  browser = await chromium.launch({ executablePath: await chromiumPath(), args: CHROMIUM_ARGS });
  // Tall enough for every panel to stand on the screen: one off screen does not draw.
  const context = await browser.newContext({ viewport: { width: 1440, height: 2200 } });
  const page = await context.newPage();
  await page.route(/live\.history/, async (route) => {
    const response = await route.fetch();
    const body = JSON.parse(await response.text(), (key, value) => (key === "points" && Array.isArray(value) ? fullHistory(value) : value));
    await route.fulfill({ response, json: body });
  });
  await page.addInitScript(() => {
    window.benchEvents = [];
    window.benchLongTasks = [];
    const now = () => performance.timeOrigin + performance.now();
    const Original = window.EventSource;
    window.EventSource = class extends Original {
      constructor(url: string | URL, init?: EventSourceInit) {
        super(url, init);
        this.addEventListener("message", (message) => {
          const event = JSON.parse(message.data);
          if (event.kind === "fleet" && event.ledger) window.benchEvents.push({ received: event.ledger.received, shownMs: null });
        });
      }
    };
    new MutationObserver(() => {
      for (let index = window.benchEvents.length - 1; index >= 0 && window.benchEvents[index].shownMs === null; index--)
        window.benchEvents[index].shownMs = now();
    }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.benchLongTasks.push(entry.duration);
    }).observe({ entryTypes: ["longtask"] });
  });
  await page.goto(headgate.http);
  const response = await page.request.post(`${headgate.http}/api/auth/sign-in/email`, {
    data: { email: OWNER.email, password: OWNER.password },
    headers: { origin: headgate.http },
  });
  if (!response.ok()) throw new Error(`sign-in answered ${response.status()}`);
  await page.goto(`${headgate.http}/live`);
  return page;
}

/** Charts cost most when all 15 minutes are there; a new server has seconds. The missing ones become copies of the newest, unlike each other. */
function fullHistory(points: (Record<string, unknown> | null)[]): (Record<string, unknown> | null)[] {
  const newest = points.findLast((point) => point !== null);
  if (newest === undefined || newest === null) return points;
  const varied = (value: unknown, second: number) => (typeof value === "number" ? value * (1 + 0.3 * Math.sin(second / 7) + ((second * 31) % 17) / 50) : value);
  return points.map(
    (point, second) =>
      point ?? {
        ...Object.fromEntries(Object.entries(newest).map(([key, value]) => [key, varied(value, second)])),
        atMs: Number(newest.atMs) - (points.length - 1 - second) * 1000,
      },
  );
}

async function browserCost(page: Page, forMs: number) {
  const session = await (browser as Browser).newBrowserCDPSession();
  const cpuSeconds = async () => {
    const { processInfo } = (await session.send("SystemInfo.getProcessInfo")) as { processInfo: { type: string; cpuTime: number }[] };
    const sum = (wanted: (type: string) => boolean) => processInfo.filter(({ type }) => wanted(type)).reduce((total, { cpuTime }) => total + cpuTime, 0);
    return { renderer: sum((type) => type === "renderer"), all: sum(() => true) };
  };
  await page.evaluate(() => {
    window.benchLongTasks = [];
  });
  const before = await cpuSeconds();
  const startMs = performance.now();
  await pause(forMs);
  const after = await cpuSeconds();
  const seconds = (performance.now() - startMs) / 1000;
  const longTasks = await page.evaluate(() => window.benchLongTasks);
  return {
    rendererShare: (after.renderer - before.renderer) / seconds,
    browserShare: (after.all - before.all) / seconds,
    longTasks: longTasks.length,
    longestTaskMs: Math.round(Math.max(0, ...longTasks)),
  };
}

function quantile(samples: number[], q: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN);
}

declare global {
  interface Window {
    benchEvents: { received: number; shownMs: number | null }[];
    benchLongTasks: number[];
  }
}
