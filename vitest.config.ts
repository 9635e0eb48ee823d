import { defineConfig } from "vitest/config";

const rooms = "{app,components,domain,server,collector,traffic,examples,bench}";

/** Two projects: unit tests stand beside the source; what needs several processes or real sockets and databases stands under tests/. */
export default defineConfig({
  oxc: { jsx: { runtime: "automatic" } },
  test: {
    pool: "forks",
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { name: "unit", include: [`${rooms}/**/*.test.{ts,tsx}`], exclude: ["**/gen/**"], testTimeout: 20_000 },
      },
      {
        extends: true,
        test: { name: "integration", include: ["tests/{integration,faults}/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000 },
      },
      {
        extends: true,
        test: { name: "contract", include: ["tests/contract/**/*.test.ts"], testTimeout: 120_000, hookTimeout: 120_000 },
      },
    ],
  },
});
