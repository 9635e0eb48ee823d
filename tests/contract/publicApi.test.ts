import { expect, it } from "vitest";
import { SCOPES } from "#domain/auth/scopes.ts";
import { createOwner } from "#tests/fixtures/api.ts";
import { run } from "#tests/fixtures/childProcess.ts";
import { cleanEnvironment, temporaryFolder } from "#tests/fixtures/environment.ts";
import { createToken, openPublicApi } from "#tests/fixtures/publicApi.ts";
import { missingSchemathesis, SCHEMATHESIS, SCHEMATHESIS_CONFIG } from "#tests/fixtures/schemathesis.ts";
import { startServerProcess } from "#tests/integration/serverProcess.ts";

const SEED = 1;
const SECONDS = 45;
/** It takes tokens that are none for what they are, and after ten of them is told to wait: tests/integration/publicApi.test.ts tries every operation without one. */
const NOT_CHECKED = "ignored_auth";

it("the API answers whatever Schemathesis makes of its document as the document says", { timeout: 300_000 }, async (context) => {
  const missing = missingSchemathesis();
  if (missing) return context.skip(missing);
  const server = await startServerProcess();
  try {
    const token = await createToken(await createOwner(server), [...SCOPES], "fuzzed");
    const { document } = await openPublicApi(server.http, token);
    const operations = Object.values(document.paths).flatMap((methods) => Object.keys(methods)).length;
    const report = ["--report", "junit", "--report-dir", temporaryFolder()];
    const bounds = ["--seed", String(SEED), "--max-time", String(SECONDS), "--continue-on-failure", "--exclude-checks", NOT_CHECKED];
    const args = ["--config-file", SCHEMATHESIS_CONFIG, "run", `${server.http}/api/v1/openapi.json`, "--header", `Authorization: Bearer ${token}`];
    const { ended, output } = run(SCHEMATHESIS, [...args, ...bounds, ...report, "--no-color"], { env: cleanEnvironment(), cwd: temporaryFolder() });
    const { code } = await ended;
    expect(code, output().slice(-8_000)).toBe(0);
    expect(output()).toContain(`Selected: ${operations}/${operations}`);
    expect(Number(/(\d+) generated/.exec(output())?.[1]), "test cases").toBeGreaterThan(operations);
    expect(server.process.output()).not.toContain("a request to the API failed");
  } finally {
    await server.remove();
  }
});
