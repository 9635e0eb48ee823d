import { chmod, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BATCH_HEADROOM, type Batch } from "../deliver/batch.ts";
import { createArchiveExporter } from "./archiveExporter.ts";
import { readArchiveFile } from "./archiveFrame.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "headgate-archive-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

let seed = 1;
/** Bytes that do not compress, so that sizes on disk are what they look like. */
function batch(bytes: number): Batch {
  const buffer = Buffer.alloc(BATCH_HEADROOM + bytes);
  for (let i = BATCH_HEADROOM; i < buffer.length; i++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
    buffer[i] = seed >>> 24;
  }
  return { number: 0, buffer, end: buffer.length, spans: 1, firstAt: 0, logged: undefined, release: () => {} };
}
const payload = (one: Batch) => one.buffer.subarray(BATCH_HEADROOM, one.end);
const names = async () => (await readdir(folder)).sort();
async function onDisk(): Promise<number> {
  const sizes = await Promise.all((await names()).map(async (name) => (await stat(path.join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

describe("createArchiveExporter", () => {
  it("writes batches that can be read back, in order", async () => {
    const exporter = await createArchiveExporter(folder, 100_000_000, () => 1000);
    const batches = [batch(10), batch(70_000), batch(0), batch(5000)];
    for (const one of batches) expect(await exporter.export(one, 1000)).toMatchObject({ kind: "delivered" });
    await exporter.close(1000);
    expect(await names()).toEqual(["traces-19700101T000001000Z-0000.otlp.zst"]);
    const read = readArchiveFile(await readFile(path.join(folder, (await names())[0])));
    expect(read).toEqual({ requests: batches.map(payload), torn: false });
    expect(exporter.figures().bytes).toBe(await onDisk());
  });

  it("never takes more than its bound, deletes the oldest first and counts what it deleted", async () => {
    const bytesMax = 1_048_576;
    let now = 1_000_000;
    const exporter = await createArchiveExporter(folder, bytesMax, () => now++);
    for (let i = 0; i < 100; i++) {
      await exporter.export(batch(40_000), 1000);
      expect(await onDisk()).toBeLessThanOrEqual(bytesMax);
    }
    await exporter.close(1000);
    const { bytes, filesDeleted, bytesDeleted } = exporter.figures();
    expect(bytes).toBe(await onDisk());
    expect(filesDeleted).toBeGreaterThan(50);
    expect(bytes + bytesDeleted).toBeGreaterThan(100 * 40_000);
  });

  it("counts what an earlier run left, torn tail included, and shrinks it to a smaller bound", async () => {
    const first = await createArchiveExporter(folder, 100_000_000, () => 1000);
    const [one, two] = [batch(600_000), batch(600_000)];
    await first.export(one, 1000);
    await first.export(two, 1000);
    const part = path.join(folder, (await names())[0]);
    expect(part.endsWith(".part")).toBe(true);
    await truncate(part, 900_000);
    const second = await createArchiveExporter(folder, 100_000_000, () => 2000);
    expect(second.figures()).toMatchObject({ bytes: 900_000, filesDeleted: 0 });
    expect(readArchiveFile(await readFile(path.join(folder, (await names())[0])))).toEqual({ requests: [payload(one)], torn: true });
    await Promise.allSettled([first.close(1000), second.close(1000)]);
    const third = await createArchiveExporter(folder, 800_000, () => 3000);
    expect(third.figures()).toMatchObject({ bytes: 0, filesDeleted: 1, bytesDeleted: 900_000 });
  });

  it("takes a smaller bound while it runs", async () => {
    const exporter = await createArchiveExporter(folder, 100_000_000, () => 1000);
    for (let i = 0; i < 40; i++) await exporter.export(batch(200_000), 1000);
    await exporter.resize(2_000_000);
    expect(await onDisk()).toBeLessThanOrEqual(2_000_000);
    expect(exporter.figures().bytesMax).toBe(2_000_000);
    await exporter.close(1000);
  });

  it("refuses a batch that is larger than the whole bound", async () => {
    const exporter = await createArchiveExporter(folder, 1_048_576, () => 1000);
    expect(await exporter.export(batch(1_100_000), 1000)).toMatchObject({ kind: "permanent" });
  });

  it("asks for another try when the folder is gone, and goes on once it is back", async () => {
    const inner = path.join(folder, "archive");
    const exporter = await createArchiveExporter(inner, 100_000_000, () => 1000);
    await rm(inner, { recursive: true });
    await writeFile(inner, "in the way");
    expect(await exporter.export(batch(10), 1000)).toMatchObject({ kind: "retryable", message: expect.stringContaining(inner) });
    await rm(inner);
    expect(await exporter.export(batch(10), 1000)).toMatchObject({ kind: "delivered" });
    await exporter.close(1000);
  });

  it("does not touch files that are not its own", async () => {
    await writeFile(path.join(folder, "notes.txt"), "mine");
    await chmod(path.join(folder, "notes.txt"), 0o600);
    const exporter = await createArchiveExporter(folder, 1_048_576, () => 1000);
    for (let i = 0; i < 50; i++) await exporter.export(batch(60_000), 1000);
    await exporter.close(1000);
    expect(await names()).toContain("notes.txt");
  });
});
