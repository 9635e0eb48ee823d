import { writeFileSync } from "node:fs";

/** A Vitest reporter that leaves the counts, and why each skipped test was skipped, where scripts/test.mjs finds them. */
export default class VitestCounts {
  counts = { passed: 0, failed: 0, skipped: [] };

  onTestCaseResult(testCase) {
    const { state, note } = testCase.result();
    if (state === "skipped") this.counts.skipped.push({ title: testCase.fullName, reason: note ?? "" });
    else this.counts[state === "passed" ? "passed" : "failed"] += 1;
  }

  onTestRunEnd(modules, unhandledErrors, reason) {
    const brokenFiles = modules.filter((module) => module.errors().length > 0).length;
    const leftOver = unhandledErrors.length + brokenFiles;
    if (reason === "failed" && this.counts.failed === 0) this.counts.failed = Math.max(1, leftOver);
    writeFileSync(process.env.HEADGATE_TEST_COUNTS, JSON.stringify(this.counts));
  }
}
