import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const rooms = "{app,components,domain,server,collector,traffic,examples,bench}";

/** Short files that take minutes, the longest first: begun last, one of them would run alone at the end. */
const LONG = ["backendFaults", "collectorDelivery", "soak", "killFaults", "fuzz", "machineFaults"];

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = LONG.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return at === -1 ? LONG.length : at;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

/** Two projects: unit tests stand beside the source; what needs several processes or real sockets and databases stands under tests/. */
export default defineConfig({
  oxc: { jsx: { runtime: "automatic" } },
  test: {
    pool: "forks",
    maxWorkers: 2,
    maxConcurrency: 3,
    sequence: { sequencer: LongFirst },
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
