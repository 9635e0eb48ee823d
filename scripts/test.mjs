// `npm test` and `npm run verify`: every check and test of the project, each step named with its time, the counts on the last line.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { checkNodeVersion, ensureBuilt, ensureGenerated, ensureInstalled, productNode, root, SetUpError, version, withSetUpLock } from "./setUp.mjs";

const HELP = `npm test [-- STEP…]     everything, or the named steps; ends with "N passed, N failed, N skipped"
npm run verify          the part of it that takes under a minute

Steps: format lint types imports unused docs unit build integration contract browser

  --verify     format lint types imports unused docs unit
  --help       this text
  --version    the version

HEADGATE_SOAK_MS=300000   length of the soak (one minute otherwise)
HEADGATE_PEERS=build      build the Go peers of the contract tests when they are not in the cache
`;

const bin = (...path) => join(root, "node_modules", ...path);
const biome = bin("@biomejs", "biome", "bin", "biome");
const vitest = (project, ...options) => [
  bin("vitest", "vitest.mjs"),
  "run",
  "--project",
  project,
  ...options,
  "--reporter=default",
  `--reporter=${join(root, "scripts", "vitestCounts.mjs")}`,
];

/** Checks count as one test each; suites bring their own counts. Steps of one stage run two at a time. Tests of several processes wait more than they work. */
const STEPS = [
  { name: "format", stage: 1, args: [biome, "format", "."] },
  { name: "lint", stage: 1, args: [biome, "check", "--formatter-enabled=false", "--error-on-warnings", "."] },
  { name: "types", stage: 1, args: [bin("typescript", "bin", "tsc"), "-p", "."] },
  { name: "imports", stage: 1, args: ["scripts/checkImports.mjs"] },
  { name: "unused", stage: 1, args: [bin("knip", "bin", "knip.js"), "--no-progress", "--no-config-hints"] },
  { name: "docs", stage: 1, args: ["scripts/docs.mjs", "--check"] },
  { name: "unit", stage: 2, suite: "vitest", args: vitest("unit") },
  { name: "build", stage: 3, build: true },
  { name: "integration", stage: 4, suite: "vitest", args: vitest("integration", "--maxWorkers=3"), needs: "build" },
  { name: "contract", stage: 5, suite: "vitest", args: vitest("contract"), needs: "build" },
  { name: "browser", stage: 6, suite: "playwright", args: [bin("@playwright", "test", "cli.js"), "test"], needs: "build" },
];
const VERIFY = ["format", "lint", "types", "imports", "unused", "docs", "unit"];

const total = { passed: 0, failed: 0, skipped: 0 };
const failedSteps = new Set();

function chosenSteps(args) {
  const unknown = args.find((arg) => arg !== "--verify" && !STEPS.some((step) => step.name === arg));
  if (unknown !== undefined) throw new SetUpError(`unknown option or step ${unknown}; npm test -- --help lists them`);
  const names = args.filter((arg) => arg !== "--verify");
  if (names.length > 0) return STEPS.filter((step) => names.includes(step.name));
  return args.includes("--verify") ? STEPS.filter((step) => VERIFY.includes(step.name)) : STEPS;
}

async function main() {
  const args = process.argv.slice(2);
  if (args.includes("--help") || args.includes("-h")) return void process.stdout.write(HELP);
  if (args.includes("--version")) return void process.stdout.write(`headgate ${version}\n`);
  const steps = chosenSteps(args);
  checkNodeVersion();
  const startMs = performance.now();
  await withSetUpLock(async () => {
    await ensureInstalled();
    await ensureGenerated();
  });
  say("✓", "set-up", startMs, "");
  rmSync(join(root, "test-results"), { recursive: true, force: true });
  mkdirSync(join(root, "test-results"), { recursive: true });
  for (const stage of new Set(steps.map((step) => step.stage))) {
    const queue = steps.filter((step) => step.stage === stage);
    const worker = async () => {
      for (let step = queue.shift(); step; step = queue.shift()) await runStep(step);
    };
    await Promise.all([worker(), worker()]);
  }
  process.exitCode = total.failed === 0 ? 0 : 1;
  process.stdout.write(
    `\n${failedSteps.size > 0 ? `Failed: ${[...failedSteps].join(", ")}\n` : ""}${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`,
  );
}

async function runStep(step) {
  const startMs = performance.now();
  if (step.needs && failedSteps.has(step.needs)) return finish(step, startMs, { passed: 0, failed: 1, skipped: [] }, `not run, because ${step.needs} failed`);
  if (step.build) return runBuild(step, startMs);
  const countsFile = join(root, "test-results", `${step.name}.json`);
  const { code, output } = await runCommand(step, countsFile);
  const counts = step.suite ? readCounts(step, countsFile, code) : { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: [] };
  finish(step, startMs, counts, step.suite || counts.failed === 0 ? "" : output.trimEnd());
}

async function runBuild(step, startMs) {
  try {
    await withSetUpLock(ensureBuilt);
    finish(step, startMs, { passed: 1, failed: 0, skipped: [] }, "");
  } catch (error) {
    finish(step, startMs, { passed: 0, failed: 1, skipped: [] }, error.message);
  }
}

/** Suites are shown as they run; of a check only what it found is shown. */
function runCommand(step, countsFile) {
  const env = {
    ...process.env,
    PATH: `${bin(".bin")}${delimiter}${process.env.PATH}`,
    FORCE_COLOR: "0",
    NO_COLOR: "1",
    HEADGATE_TEST_COUNTS: countsFile,
    PLAYWRIGHT_JSON_OUTPUT_FILE: countsFile,
  };
  return new Promise((resolve) => {
    const child = spawn(productNode(), step.args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        if (step.suite) process.stdout.write(chunk);
        else output += chunk;
      });
    }
    child.on("error", (error) => resolve({ code: 1, output: error.message }));
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/** A suite that left no counts, or failed without a failed test, counts as one failure. */
function readCounts(step, file, code) {
  const none = { passed: 0, failed: 0, skipped: [] };
  const counts = existsSync(file)
    ? step.suite === "vitest"
      ? JSON.parse(readFileSync(file, "utf8"))
      : playwrightCounts(JSON.parse(readFileSync(file, "utf8")))
    : none;
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

function playwrightCounts(report) {
  const skipped = [];
  const visit = (suite) => {
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        if (test.status === "skipped")
          skipped.push({ title: spec.title, reason: test.annotations.find((annotation) => annotation.type === "skip")?.description ?? "" });
      }
    }
    for (const child of suite.suites ?? []) visit(child);
  };
  for (const suite of report.suites) visit(suite);
  return { passed: report.stats.expected, failed: report.stats.unexpected + report.stats.flaky, skipped };
}

function finish(step, startMs, counts, message) {
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped.length;
  if (counts.failed > 0) failedSteps.add(step.name);
  const figures = step.suite ? ` ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped.length} skipped` : "";
  say(counts.failed > 0 ? "✗" : "✓", step.name, startMs, `${figures}${message ? `\n${message}` : ""}`);
  for (const { title, reason } of counts.skipped) process.stdout.write(`  skipped: ${title}: ${reason || "no reason given"}\n`);
}

function say(mark, name, startMs, rest) {
  process.stdout.write(`${mark} ${name} (${((performance.now() - startMs) / 1000).toFixed(1)} s)${rest}\n`);
}

main().catch((error) => {
  process.stdout.write(`${error instanceof SetUpError ? error.message : error.stack}\n`);
  process.stdout.write("0 passed, 1 failed, 0 skipped\n");
  process.exitCode = error instanceof SetUpError && total.passed + total.failed === 0 && /^unknown option/.test(error.message) ? 2 : 1;
});
