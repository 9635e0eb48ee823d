import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { run } from "#tests/fixtures/childProcess.ts";

const root = join(import.meta.dirname, "..", "..");
const house: string[] = [];
afterEach(() => {
  for (const folder of house.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A house of these files, checked with the project's own rules; gives the names of the rules that were broken. */
async function broken(files: Record<string, string>): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "headgate-house-"));
  house.push(folder);
  for (const [file, content] of Object.entries({
    "package.json": JSON.stringify({ type: "module", imports: { "#*": "./*" }, dependencies: { zod: "*", "better-auth": "*", pg: "*" } }),
    ...files,
  })) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), content);
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const check = run(process.execPath, [join(root, "scripts", "checkImports.mjs"), folder]);
  await check.ended;
  return [...new Set([...check.output().matchAll(/error ([\w-]+):/g)].map((match) => match[1] ?? ""))].sort();
}

const leaf = "export const value = 1;\n";

it("lets the rooms import what the design says they may", async () => {
  const files = {
    "domain/a.ts": leaf,
    "server/db/a.ts": 'import "#domain/a.ts";\nimport "pg";\n',
    "server/services/a.ts": 'import "#server/db/a.ts";\nexport type T = 1;\n',
    "server/trpc/a.ts": 'import "#server/services/a.ts";\nexport type T = 1;\n',
    "components/a.ts": 'import type { T } from "#server/trpc/a.ts";\nexport type U = T;\n',
    "collector/receive/a.ts": 'import "#collector/sample/a.ts";\n',
    "collector/sample/a.ts": leaf,
  };
  expect(await broken(files)).toEqual([]);
});

it.each([
  ["domain", { "domain/a.ts": 'import "#server/db/a.ts";\n', "server/db/a.ts": leaf }],
  ["domain-is-pure", { "domain/a.ts": 'import "pg";\n' }],
  ["domain-and-pages-use-no-node-modules", { "domain/a.ts": 'import "node:fs";\n' }],
  [
    "components-only-types-from-server",
    { "components/a.ts": 'import { value } from "#server/trpc/a.ts";\nexport const b = value;\n', "server/trpc/a.ts": leaf },
  ],
  ["components", { "components/a.ts": 'import type { value } from "#server/services/a.ts";\nexport type V = typeof value;\n', "server/services/a.ts": leaf }],
  ["app", { "app/a.ts": 'import "#server/trpc/a.ts";\n', "server/trpc/a.ts": leaf }],
  ["server-trpc", { "server/trpc/a.ts": 'import "#server/db/a.ts";\n', "server/db/a.ts": leaf }],
  ["server-services", { "server/services/a.ts": 'import "#server/telemetry/a.ts";\n', "server/telemetry/a.ts": leaf }],
  ["server-db", { "server/db/a.ts": 'import "#server/services/a.ts";\n', "server/services/a.ts": leaf }],
  ["collector", { "collector/self/a.ts": 'import "#server/db/a.ts";\n', "server/db/a.ts": leaf }],
  ["collector-otlp-imports-nothing", { "collector/otlp/a.ts": 'import "#domain/a.ts";\n', "domain/a.ts": leaf }],
  ["collector-http-without-fetch", { "collector/self/a.ts": 'import http from "node:http";\nhttp.createServer();\n' }],
  ["collector-flow-deliver", { "collector/deliver/a.ts": 'import "#collector/batch/a.ts";\n', "collector/batch/a.ts": leaf }],
  ["collector-flow-sample", { "collector/sample/a.ts": 'import "#collector/receive/a.ts";\n', "collector/receive/a.ts": leaf }],
  ["only-server-db-imports-prisma", { "server/auth/a.ts": 'import "pg";\n' }],
  ["only-server-auth-imports-better-auth", { "server/services/a.ts": 'import "better-auth";\n' }],
  ["only-main-composes", { "server/jobs/a.ts": 'import "#server/main.ts";\n', "server/main.ts": leaf }],
  ["nobody-imports-tests-bench-scripts", { "traffic/a.ts": 'import "#bench/a.ts";\n', "bench/a.ts": leaf }],
  ["traffic", { "traffic/a.ts": 'import "#collector/otlp/a.ts";\n', "collector/otlp/a.ts": leaf }],
  ["only-tests-import-test-data", { "collector/sample/a.ts": 'import "./wireTestData.ts";\n', "collector/sample/wireTestData.ts": leaf }],
  ["no-cycles", { "domain/a.ts": 'import "./b.ts";\n', "domain/b.ts": 'import "./a.ts";\n' }],
  ["everything-resolves", { "domain/a.ts": 'import "#domain/missing.ts";\n' }],
])("refuses what breaks the rule %s", async (rule, files) => {
  expect(await broken(files)).toContain(rule);
});
