import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { run } from "../fixtures/childProcess.ts";
import { cleanEnvironment, temporaryFolder } from "../fixtures/environment.ts";

const app = join(import.meta.dirname, "..", "fixtures", "inProcessCollectorApp.ts");

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("every background task of a collector has an owner that stops it: after a stop the process ends by itself", () => {
  const traces = {
    scope: "trace",
    decisionWaitMs: 500,
    decisionWaitAfterRootMs: 200,
    tiers: [{ name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 1 } }],
  };
  it.each([
    ["with the archive", {}],
    ["with a backend that is away", { pipeline: { breaker: { openForMs: 100 } }, export: { endpoint: "http://127.0.0.1:9" } }],
    [
      "in trace scope with a route, and logs of all kinds",
      {
        sampling: traces,
        pipeline: { wal: { waiting: true, fsync: "always" } },
        export: { kind: "discard" },
        routes: [{ name: "all", tiers: ["default"], export: { endpoint: "http://127.0.0.1:9", protocol: "http" } }],
      },
    ],
  ])("%s", async (_what, config) => {
    const file = join(folder, "collector.json");
    writeFileSync(file, JSON.stringify(config));
    const ports = { HEADGATE_OTLP_GRPC_PORT: "0", HEADGATE_OTLP_HTTP_PORT: "0", HEADGATE_METRICS_PORT: "0" };
    const running = run(process.execPath, [app, file], {
      env: cleanEnvironment({ HEADGATE_DATA_DIR: join(folder, "data"), ...ports }),
      isReady: (line) => line.includes('"msg":"stopped"'),
    });
    await running.ready;
    const timer = setTimeout(() => running.kill("SIGKILL"), 5000);
    const { code, signal } = await running.ended;
    clearTimeout(timer);
    expect({ code, signal }, running.output()).toEqual({ code: 0, signal: null });
  });
});
