import { defineConfig } from "@playwright/test";
import { CHROMIUM_ARGS, chromiumPath } from "./tests/fixtures/chromium.ts";

/** Browser tests: each file starts a control plane, its database, collectors and a browser of its own; two files at a time. No retries: a flaky test is a broken one. */
export default defineConfig({
  testDir: "tests/e2e",
  outputDir: "test-results/browser",
  workers: 2,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [["list"], ["json", { outputFile: "test-results/browser.json" }]],
  use: {
    browserName: "chromium",
    headless: true,
    viewport: { width: 1440, height: 900 },
    // Nothing is measured or shown while it fades in or out.
    contextOptions: { reducedMotion: "reduce" },
    launchOptions: { executablePath: await chromiumPath(), args: CHROMIUM_ARGS },
    screenshot: "only-on-failure",
    // A trace takes a third of a run's time; `--trace on` gives one.
    trace: "off",
    actionTimeout: 30_000,
  },
});
