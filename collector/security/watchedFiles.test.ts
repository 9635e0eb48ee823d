import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ManualClock } from "../manualClock.ts";
import { WatchedFiles } from "./watchedFiles.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "headgate-watched-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, text: string) => writeFileSync(join(folder, name), text);

async function watch() {
  const failures: string[] = [];
  const files = await WatchedFiles.open({
    files: [join(folder, "cert"), join(folder, "key")],
    parse([cert, key]) {
      if (cert.toString().slice(-1) !== key.toString().slice(-1)) throw new Error("they do not fit");
      return cert.toString();
    },
    clock: new ManualClock(),
    intervalMs: 1000,
    failed: (message) => void failures.push(message),
  });
  return { files, failures };
}

describe("WatchedFiles", () => {
  it("puts changed files in force, and tells who wants to know", async () => {
    put("cert", "cert1");
    put("key", "key1");
    const { files } = await watch();
    const seen: string[] = [];
    files.onChange((value) => void seen.push(value));
    await files.look();
    expect([files.value, seen]).toEqual(["cert1", []]);
    put("cert", "cert2");
    put("key", "key2");
    await files.look();
    expect([files.value, seen, files.figures]).toEqual(["cert2", ["cert2"], { reloads: 1, reloadsFailed: 0 }]);
  });

  it("keeps the old while only one of a pair has come, says so once, and takes both as soon as they fit", async () => {
    put("cert", "cert1");
    put("key", "key1");
    const { files, failures } = await watch();
    put("cert", "cert2");
    await files.look();
    await files.look();
    expect([files.value, failures, files.figures]).toEqual(["cert1", ["they do not fit"], { reloads: 0, reloadsFailed: 1 }]);
    put("key", "key2");
    await files.look();
    expect([files.value, files.figures]).toEqual(["cert2", { reloads: 1, reloadsFailed: 1 }]);
  });

  it("sees a file that was replaced by another of the same size, and goes on where one is gone", async () => {
    put("cert", "cert1");
    put("key", "key1");
    const { files, failures } = await watch();
    put("next", "tree1");
    renameSync(join(folder, "next"), join(folder, "cert"));
    await files.look();
    expect(files.value).toBe("tree1");
    rmSync(join(folder, "key"));
    await files.look();
    expect([files.value, failures]).toEqual(["tree1", [expect.stringContaining("can't read")]]);
  });

  it("does not open what is not there or too large", async () => {
    put("cert", "cert1");
    await expect(watch()).rejects.toThrow(`can't read ${join(folder, "key")}`);
    put("key", "1".repeat(1_048_577));
    await expect(watch()).rejects.toThrow("has more than 1048576 bytes");
  });
});
