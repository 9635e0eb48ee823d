import { spawn } from "node:child_process";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openLog, range, readAll, removeFolders, temporaryFolder } from "./walTestData.ts";

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => removeFolders([folder]));

/** Appends as fast as it can and settles all but the last 200; prints after each answer of `safe()` up to where it was true, and up to where it had settled. */
function appender(fsync: string): string {
  return `
    import { writeSync } from "node:fs";
    import { append, openLog } from ${JSON.stringify(path.join(import.meta.dirname, "walTestData.ts"))};
    import { systemClock } from ${JSON.stringify(path.join(import.meta.dirname, "../../clock.ts"))};
    const { log } = await openLog(${JSON.stringify(folder)}, { fsync: "${fsync}", bytesMax: 1e9 }, { clock: systemClock });
    if (log.problem !== "") throw new Error(log.problem);
    for (;;) {
      for (let i = 0; i < 20; i++) append(log, log.nextSeq, (log.nextSeq * 7919) % 20000);
      const toSeq = log.nextSeq;
      if (await log.safe() === false) throw new Error(log.problem);
      writeSync(1, toSeq + " " + Math.max(0, toSeq - 200) + "\\n");
      log.settle(0, toSeq - 200);
      await new Promise((resolve) => setImmediate(resolve));
    }`;
}

describe("kill -9", () => {
  it.each(["interval", "always", "never"])("loses nothing for which safe() said true, with fsync %s", async (fsync) => {
    let next = 0;
    for (const [round, killAfterLines] of [3, 40, 150].entries()) {
      const child = spawn(process.execPath, ["--input-type=module", "-e", appender(fsync)], { stdio: ["ignore", "pipe", "pipe"] });
      let printed = "";
      let errors = "";
      child.stderr.on("data", (chunk) => {
        errors += chunk;
      });
      await new Promise<void>((resolve, reject) => {
        child.once("close", (code, signal) => (signal === "SIGKILL" ? resolve() : reject(new Error(`the child ended with ${code}: ${errors}`))));
        child.stdout.on("data", (chunk) => {
          printed += chunk;
          if (printed.split("\n").length > killAfterLines) child.kill("SIGKILL");
        });
      });
      const [safe, settled] = (printed.split("\n").at(-2) ?? "").split(" ").map(Number);
      const { log, lost } = await openLog(folder, { bytesMax: 1e9 });
      expect([round, log.problem]).toEqual([round, ""]);
      expect(log.recovered).toMatchObject({ corruptBytes: 0, lostRecords: 0 });
      const ids = await readAll(log, { spansMax: 1e9, bytesMax: 1e6 });
      expect(lost).toEqual([]);
      // All of it once, in order, without a gap: from something that may be settled to something that may not be safe.
      expect(ids).toEqual(range(ids[0], log.nextSeq));
      expect(ids[0]).toBeLessThanOrEqual(settled);
      expect(log.nextSeq).toBeGreaterThanOrEqual(safe);
      expect(safe).toBeGreaterThan(next);
      next = log.nextSeq;
      await log.close(100_000);
    }
  });
});
