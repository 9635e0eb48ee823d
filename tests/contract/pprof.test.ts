import { execFile, spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { recordThread } from "#collector/self/recordThread.ts";
import { writePprof } from "#collector/self/writePprof.ts";
import { temporaryFolder } from "../fixtures/environment.ts";

const hasGo = spawnSync("go", ["tool", "-n", "pprof"]).status === 0;

it.skipIf(!hasGo)(`is read by go tool pprof, with functions, threads and units${hasGo ? "" : " (skipped: there is no Go toolchain with pprof)"}`, async () => {
  let busy = true;
  function burnsCpu(): void {
    const until = performance.now() + 20;
    while (performance.now() < until);
    if (busy) setImmediate(burnsCpu);
  }
  burnsCpu();
  const recorded = await recordThread({ kind: "cpu", seconds: 1 }, "worker-7", new AbortController().signal);
  busy = false;
  const folder = temporaryFolder();
  try {
    const file = join(folder, "cpu.pb.gz");
    writeFileSync(file, await writePprof("cpu", [recorded]));
    const pprof = async (how: string) => (await promisify(execFile)("go", ["tool", "pprof", how, file])).stdout;
    const top = await pprof("-top");
    expect(top).toContain("Type: cpu");
    expect(top).toContain("burnsCpu");
    expect(await pprof("-tags")).toMatch(/thread: Total .*\n.*worker-7/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
