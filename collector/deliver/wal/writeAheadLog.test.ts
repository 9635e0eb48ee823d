import { mkdir, readdir, readFile, readlink, rm, stat, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ManualClock } from "../../manualClock.ts";
import { BATCH_HEADROOM } from "../batch.ts";
import {
  append,
  asIfKilled,
  FaultyFiles,
  idsIn,
  openLog,
  payloadOf,
  range,
  readAll,
  removeFolders,
  segmentFiles,
  spansOf,
  temporaryFolder,
} from "./walTestData.ts";
import type { WriteAheadLog } from "./writeAheadLog.ts";

let folder: string;
let folders: string[];
let logs: WriteAheadLog[];
beforeEach(async () => {
  folder = path.join(await temporaryFolder(), "wal", "default");
  folders = [path.dirname(path.dirname(folder))];
  logs = [];
});
afterEach(async () => {
  for (const log of logs) await log.close(100_000);
  await removeFolders(folders);
});

async function open(...args: Parameters<typeof openLog>): ReturnType<typeof openLog> {
  const watched = await openLog(...args);
  logs.push(watched.log);
  return watched;
}
async function killed(): Promise<string> {
  const copy = await asIfKilled(folder);
  folders.push(copy);
  return copy;
}
const until = (check: () => boolean | Promise<boolean>) => vi.waitFor(async () => expect(await check()).toBe(true), { timeout: 5000, interval: 5 });

describe("WriteAheadLog", () => {
  it("gives back what was appended, in order, from memory and from the disk", async () => {
    const { log } = await open(folder);
    expect(log).toMatchObject({ state: "ok", problem: "", nextSeq: 0, firstSeq: 0, bytes: 0 });
    for (const id of range(0, 300)) append(log, id, id * 3);
    expect(await readAll(log)).toEqual(range(0, 300));
    expect(await log.safe()).toBe(true);
    expect(log.safe()).toBeUndefined();
    expect(await readAll(log)).toEqual(range(0, 300));
    expect(await readAll(log, { spansMax: 1, bytesMax: 1 })).toEqual(range(0, 300));
  });

  it("is readable by its owner only, and leaves nothing once all is settled", async () => {
    const { log } = await open(folder);
    append(log, 0, 100);
    await log.safe();
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    for (const name of await segmentFiles(folder)) expect((await stat(path.join(folder, name))).mode & 0o777).toBe(0o600);
    log.settle(0, 1);
    expect(await log.close(100_000)).toBe(0);
    expect(await log.removeIfEmpty()).toBe(true);
    await expect(stat(folder)).rejects.toThrow("ENOENT");
  });

  it("keeps its folder while something is unsettled", async () => {
    const { log } = await open(folder);
    append(log, 0, 100);
    await log.close(100_000);
    expect(await log.removeIfEmpty()).toBe(false);
    expect(await segmentFiles(folder)).toHaveLength(1);
  });

  it("puts many appends into one write, and one promise", async () => {
    const disk = new FaultyFiles();
    const { log } = await open(folder, {}, { files: disk.files });
    for (const id of range(0, 500)) append(log, id, 200);
    const safe = log.safe();
    expect(log.safe()).toBe(safe);
    expect(await safe).toBe(true);
    // The start of the segment, and the records.
    expect(disk.count("write")).toBe(2);
    // What comes while a write is under way goes into the next.
    const gate = Promise.withResolvers<void>();
    disk.before = (call) => (call === "write" ? gate.promise : undefined);
    for (const id of range(500, 510)) append(log, id, 200);
    await until(() => disk.count("write") === 3);
    for (const id of range(510, 1000)) append(log, id, 200);
    gate.resolve();
    await log.safe();
    expect(disk.count("write")).toBe(4);
    expect(await readAll(log)).toEqual(range(0, 1000));
  });

  it("keeps to its limits when it loads, but gives one record at least", async () => {
    const { log } = await open(folder);
    for (const id of range(0, 20)) append(log, id, 1000);
    await log.safe();
    const one = await log.load(0, { spansMax: 1, bytesMax: 10 });
    expect(one).toMatchObject({ fromSeq: 0, toSeq: 1, records: 1, spans: spansOf(0), end: BATCH_HEADROOM + 1000 });
    const some = await log.load(1, { spansMax: 1000, bytesMax: 3500 });
    expect(some).toMatchObject({ fromSeq: 1, toSeq: 4, records: 3 });
    const bySpans = await log.load(0, { spansMax: spansOf(0) + spansOf(1), bytesMax: 1e9 });
    expect(bySpans).toMatchObject({ fromSeq: 0, toSeq: 2 });
    expect(await log.load(0, { spansMax: 1e9, bytesMax: 1e9, before: 7 })).toMatchObject({ toSeq: 7, records: 7 });
    expect(await log.load(7, { spansMax: 1e9, bytesMax: 1e9, before: 7 })).toBeUndefined();
    expect(await log.load(20, { spansMax: 1e9, bytesMax: 1e9 })).toBeUndefined();
    const pool = Buffer.alloc(100_000);
    const pooled = await log.load(0, { spansMax: 1e9, bytesMax: 1e9, take: () => pool });
    expect(pooled?.buffer).toBe(pool);
    expect(pooled && idsIn(pooled)).toEqual(range(0, 20));
  });

  it("begins new segments, and deletes each once nothing in it is unsettled, in any order", async () => {
    const { log } = await open(folder, { bytesMax: 16_777_216 });
    for (const id of range(0, 70)) {
      expect(append(log, id, 100_000)).toBe(true);
      await log.safe();
    }
    const names = await segmentFiles(folder);
    expect(names.length).toBeGreaterThanOrEqual(7);
    for (const name of names) expect((await stat(path.join(folder, name))).size).toBeLessThanOrEqual(1_048_576);
    const second = Number(names[1].slice(0, 20));
    const third = Number(names[2].slice(0, 20));
    const before = log.bytes;
    log.settle(second, third);
    await until(async () => (await segmentFiles(folder)).length === names.length - 1);
    expect(await segmentFiles(folder)).not.toContain(names[1]);
    await until(() => log.bytes < before);
    expect(await readAll(log)).toEqual([...range(0, second), ...range(third, 70)]);
    log.settle(0, 70);
    log.settle(0, 70);
    // The one that is written to is deleted too, once nothing was appended for a second.
    await until(async () => (await readdir(folder)).join() === "lock");
    await until(() => log.bytes === 0);
    expect(append(log, 70, 10)).toBe(true);
    expect(await readAll({ ...log, load: log.load.bind(log), firstSeq: 0 } as WriteAheadLog)).toEqual([70]);
  });

  it("brings back only what was unsettled, after a kill too", async () => {
    const { log } = await open(folder);
    for (const id of range(0, 200)) append(log, id, 500);
    await log.safe();
    log.settle(10, 20);
    log.settle(100, 101);
    log.settle(0, 3);
    await until(async () => (await readdir(folder)).some((name) => name.endsWith(".done")));
    const again = await open(await killed());
    const left = [...range(3, 10), ...range(20, 100), ...range(101, 200)];
    expect(again.log.recovered).toEqual({
      records: left.length,
      spans: left.reduce((sum, id) => sum + spansOf(id), 0),
      bytes: left.length * 500,
      tornBytes: 0,
      corruptBytes: 0,
      lostRecords: 0,
      lostSpans: 0,
    });
    expect(again.log).toMatchObject({ firstSeq: 3, nextSeq: 200 });
    expect(await readAll(again.log)).toEqual(left);
    append(again.log, 200, 10);
    expect(await readAll(again.log)).toEqual([...left, 200]);
    again.log.settle(3, 150);
    await again.log.close(100_000);
    const third = await open(folders[1], { bytesMax: 1e9, fsync: "never" });
    expect(await readAll(third.log)).toEqual(range(150, 201));
    expect(third.lost).toEqual([]);
  });

  it("takes a record that was settled before it was written for settled", async () => {
    const { log } = await open(folder);
    for (const id of range(0, 10)) append(log, id, 100);
    log.settle(2, 5);
    await log.close(100_000);
    const again = await open(folder);
    expect(await readAll(again.log)).toEqual([0, 1, ...range(5, 10)]);
  });

  it("refuses at its bound without going over it, and takes more once there is room", async () => {
    const bytesMax = 16_777_216;
    const watched = await open(folder, { bytesMax });
    const { log } = watched;
    let id = 0;
    while (log.refusal(50_000) !== "wal_full") {
      if (append(log, id, 50_000)) id++;
      await log.safe();
      expect(log.bytes).toBeLessThanOrEqual(bytesMax);
    }
    expect(log.state).toBe("full");
    expect(log.problem).toContain("wal.bytesMax");
    const onDisk = async () => {
      const sizes = await Promise.all(
        (await readdir(folder)).filter((name) => name !== "lock").map(async (name) => (await stat(path.join(folder, name))).size),
      );
      return sizes.reduce((sum, size) => sum + size, 0);
    };
    expect(await onDisk()).toBe(log.bytes);
    expect(log.bytes).toBeGreaterThan(bytesMax * 0.98);
    expect(log.refusal(1)).toBe("wal_full");
    const changes = watched.changes;
    log.settle(0, 21);
    await until(() => log.state === "ok");
    await until(() => watched.changes > changes);
    expect(log.bytes).toBeLessThanOrEqual(bytesMax * 0.95);
    expect(append(log, id, 50_000)).toBe(true);
    await log.safe();
    expect(await readAll(log)).toEqual(range(21, id + 1));
  });

  it("does not let one record that is too large keep smaller ones out", async () => {
    const { log } = await open(folder, { bytesMax: 16_777_216 });
    expect(log.refusal(17_000_000)).toBe("wal_full");
    expect(log.state).toBe("ok");
    expect(append(log, 0, 12_000_000)).toBe(true);
    expect(append(log, 1, 10)).toBe(true);
    await log.safe();
    expect(await readAll(log)).toEqual([0, 1]);
  });

  it("bounds what it knows of in memory", async () => {
    const { log } = await open(folder, {}, { recordsMax: 1000 });
    expect(range(0, 1100).filter((id) => append(log, id, 8))).toEqual(range(0, 1000));
    expect(log).toMatchObject({ state: "full", problem: expect.stringContaining("1000 of 1000 records") });
    await log.safe();
    log.settle(0, 1000);
    await until(() => log.state === "ok");
    expect(append(log, 1000, 8)).toBe(true);
  });

  it("takes other settings while it runs, and opens what other settings wrote", async () => {
    const { log } = await open(folder, { bytesMax: 1e9, fsync: "always" });
    for (const id of range(0, 100)) {
      append(log, id, 200_000);
      await log.safe();
    }
    log.configure({ bytesMax: 16_777_216, fsync: "never", fsyncMs: 10 });
    expect(log.refusal(10)).toBe("wal_full");
    log.configure({ bytesMax: 1e9, fsync: "interval", fsyncMs: 10 });
    expect(append(log, 100, 10)).toBe(true);
    await log.close(100_000);
    const again = await open(folder, { bytesMax: 16_777_216 });
    expect(again.log.refusal(10)).toBe("wal_full");
    expect(await readAll(again.log, { spansMax: 1e9, bytesMax: 1e9 })).toEqual(range(0, 101));
    again.log.settle(0, 101);
    await until(() => again.log.refusal(10) === undefined);
  });

  it("syncs before it says safe, every so often, or never, as it is told", async () => {
    for (const [fsync, syncs] of [
      ["always", 1],
      ["interval", 0],
      ["never", 0],
    ] as const) {
      const disk = new FaultyFiles();
      const { log } = await open(path.join(folder, fsync), { fsync, fsyncMs: 1000 }, { files: disk.files });
      append(log, 0, 100);
      await log.safe();
      expect(disk.count("sync")).toBe(syncs);
      if (fsync === "interval") await until(() => disk.count("sync") === 1 && disk.count("syncFolder") === 1);
      await log.close(100_000);
      if (fsync === "never") expect(disk.count("sync") + disk.count("syncFolder")).toBe(0);
    }
  });

  it("knows how old the oldest unsettled record is, whatever the clock was set to since", async () => {
    let unixMs = 1_000_000;
    const clock = new ManualClock();
    clock.unixMs = () => unixMs;
    const { log } = await open(folder, {}, { clock });
    expect(log.oldestAtMs()).toBeUndefined();
    for (const id of range(0, 10)) {
      append(log, id, 100);
      unixMs += id === 5 ? -500_000 : 2000;
    }
    expect(log.oldestAtMs()).toBe(1_000_000);
    await log.safe();
    expect(log.oldestAtMs()).toBe(1_000_000);
    log.settle(0, 4);
    expect(log.oldestAtMs()).toBe(1_008_000);
    log.settle(0, 6);
    expect(log.oldestAtMs()).toBe(510_000);
    expect(await readAll(log)).toEqual(range(6, 10));
    expect(await log.load(6, { spansMax: 1e9, bytesMax: 1e9 })).toMatchObject({ acceptedAtMs: 510_000 });
    log.settle(0, 10);
    expect(log.oldestAtMs()).toBeUndefined();
  });

  it("is closed for good: it takes and gives nothing more, and no timer is left", async () => {
    const clock = new ManualClock();
    const { log } = await open(folder, {}, { clock });
    append(log, 0, 100);
    const loading = log.load(0, { spansMax: 1, bytesMax: 1 });
    const closing = log.close(100_000);
    expect(log.refusal(1)).toBe("wal_failed");
    expect(await closing).toBe(0);
    expect(log.close(1)).toBe(log.close(1));
    await loading;
    expect(await log.load(0, { spansMax: 1, bytesMax: 1 })).toBeUndefined();
    expect(clock.pending).toBe(0);
    log.settle(0, 1);
    await clock.advance(10_000);
    expect(await segmentFiles(folder)).toHaveLength(1);
  });

  it("gives each folder to one owner at a time", async () => {
    const first = await open(folder);
    const second = await open(folder);
    expect(second.log).toMatchObject({ state: "failed", problem: expect.stringContaining(`in use by process ${process.pid}`) });
    expect(second.log.refusal(1)).toBe("wal_failed");
    append(first.log, 0, 100);
    await first.log.close(100_000);
    await until(() => second.log.state === "ok");
    expect(second.changes).toBeGreaterThan(0);
    expect(second.log).toMatchObject({ firstSeq: 0, nextSeq: 1, recovered: { records: 1 } });
    expect(await readlink(path.join(folder, "lock"))).toMatch(new RegExp(`^${process.pid} `));
  });

  it("tells the lock of a living process from what a dead one left", async () => {
    const [started] = (await readFile("/proc/1/stat", "latin1").catch(() => "")).split(") ").slice(-1);
    const inUse = `1 ${started?.split(" ")[19] ?? "-"}`;
    await mkdir(folder, { recursive: true });
    await symlink(inUse, path.join(folder, "lock"));
    const { log } = await open(folder);
    expect(log.problem).toContain("in use by process 1:");
    await rm(path.join(folder, "lock"));
    await until(() => log.state === "ok");
    await log.close(100_000);
    for (const stale of ["1 17", `${process.pid} 17`, `${process.pid} -`, "4194999 5", "nobody", ""]) {
      if (stale === "") await writeFile(path.join(folder, "lock"), "not a link");
      else if (started !== undefined || stale !== "1 17") await symlink(stale, path.join(folder, "lock"));
      const again = await open(folder);
      expect([stale, again.log.problem]).toEqual([stale, ""]);
      await again.log.close(100_000);
    }
  });

  it("copies what is appended: the buffer may be used again at once", async () => {
    const { log } = await open(folder);
    const payload = payloadOf(7, 1000);
    const buffer = Buffer.concat([Buffer.alloc(3), payload, Buffer.alloc(3)]);
    log.refusal(1000);
    expect(log.append(buffer, 3, 1003, spansOf(7))).toBe(0);
    buffer.fill(0);
    expect(await readAll(log)).toEqual([7]);
    await log.safe();
    expect(await readAll(log)).toEqual([7]);
  });
});
