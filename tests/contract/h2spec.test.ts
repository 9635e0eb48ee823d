import { expect, it } from "vitest";
import { run } from "#tests/fixtures/childProcess.ts";
import { startCollectorProcess } from "#tests/fixtures/collectorProcess.ts";
import { cleanEnvironment } from "#tests/fixtures/environment.ts";
import { H2SPEC, missingH2spec } from "#tests/fixtures/goPeers.ts";

it("the lean engine passes the whole of h2spec, strict cases too, and goes on serving", { timeout: 300_000 }, async (context) => {
  const missing = missingH2spec();
  if (missing) return context.skip(missing);
  const collector = await startCollectorProcess({ receivers: { grpc: { engine: "lean" } }, export: { kind: "discard" } });
  try {
    const { ended, output } = run(H2SPEC, ["--strict", "--port", String(collector.otlpGrpc), "--timeout", "10"], { env: cleanEnvironment() });
    await ended;
    const [, all, passed] = /(\d+) tests, (\d+) passed, 0 skipped, 0 failed/.exec(output()) ?? [];
    expect(Number(passed), output().slice(-5000)).toBe(Number(all));
    expect(Number(all)).toBeGreaterThan(140);
    expect(collector.process.output()).not.toContain("Error");
  } finally {
    await collector.stop();
  }
});
