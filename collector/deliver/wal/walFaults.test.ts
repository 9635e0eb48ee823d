// One piece of over 400 lines: each fault is the same log on a disk that behaves otherwise, and what the faults have in common stands beside them.
import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  append,
  asIfKilled,
  type Call,
  diskError,
  FaultyFiles,
  openLog,
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
let disk: FaultyFiles;
beforeEach(async () => {
  folder = await temporaryFolder();
  folders = [folder];
  logs = [];
  disk = new FaultyFiles();
});
afterEach(async () => {
  disk.before = () => {};
  disk.takes = (length) => length;
  for (const log of logs) await log.close(100_000);
  await removeFolders(folders);
});

async function open(settings: Parameters<typeof openLog>[1] = {}, hangMs = 40_000): ReturnType<typeof openLog> {
  const watched = await openLog(folder, settings, { files: disk.files, hangMs });
  logs.push(watched.log);
  return watched;
}
async function reopened(): Promise<number[]> {
  const copy = await asIfKilled(folder);
  folders.push(copy);
  const { log } = await openLog(copy);
  logs.push(log);
  return readAll(log);
}
const until = (check: () => boolean | Promise<boolean>) => vi.waitFor(async () => expect(await check()).toBe(true), { timeout: 15_000, interval: 5 });
const failing = (code: string, ...calls: Call[]) => {
  disk.before = (call) => {
    if (calls.includes(call)) throw diskError(code);
  };
};
const spansIn = (ids: number[]) => ids.reduce((sum, id) => sum + spansOf(id), 0);

describe("a disk that fails", () => {
  it.each([
    ["ENOSPC", "the disk is full (ENOSPC)"],
    ["EDQUOT", "the disk quota is used up (EDQUOT)"],
    ["EROFS", "the file system is read-only (EROFS)"],
    ["EACCES", "no permission (EACCES)"],
    ["EIO", "the disk reports an I/O error (EIO)"],
    ["EMFILE", "too many open files (EMFILE)"],
    ["EWEIRD", "EWEIRD: injected"],
  ])("with %s keeps what was appended in memory, says so, and writes it once it can", async (code, text) => {
    const watched = await open();
    const { log } = watched;
    for (const id of range(0, 10)) append(log, id, 1000);
    await log.safe();
    failing(code, "write", "create", "openToWrite");
    for (const id of range(10, 20)) append(log, id, 1000);
    const safe = log.safe();
    expect(await safe).toBe(false);
    expect(log).toMatchObject({ state: "failed", problem: expect.stringContaining(text) });
    expect(log.problem).toContain(folder);
    expect(log.problem).toContain("kept in memory and tried again each second");
    expect(log.refusal(1)).toBe("wal_failed");
    expect(await log.safe()).toBe(false);
    // Also what is not on the disk can be read and settled meanwhile.
    expect(await readAll(log)).toEqual(range(0, 20));
    log.settle(12, 14);
    const tries = disk.count("write") + disk.count("create");
    await until(() => disk.count("write") + disk.count("create") >= tries + 3);
    expect(log.state).toBe("failed");
    const { changes } = watched;
    disk.before = () => {};
    await until(() => log.state === "ok");
    await until(() => watched.changes > changes);
    expect(log.safe()).toBeUndefined();
    expect(append(log, 20, 1000)).toBe(true);
    expect(await log.safe()).toBe(true);
    await until(async () => (await reopened()).join() === [...range(0, 12), ...range(14, 21)].join());
    expect(watched.lost).toEqual([]);
  });

  it("that takes a part of a write and then no more leaves no half record behind", async () => {
    const { log } = await open();
    for (const id of range(0, 5)) append(log, id, 1000);
    await log.safe();
    let room = 2500;
    disk.takes = (length) => {
      const taken = Math.min(length, room);
      room -= taken;
      return taken;
    };
    for (const id of range(5, 15)) append(log, id, 1000);
    expect(await log.safe()).toBe(false);
    expect(log.problem).toContain("EIO");
    const copy = await asIfKilled(folder);
    folders.push(copy);
    const again = await openLog(copy);
    logs.push(again.log);
    expect(again.log.recovered).toMatchObject({ records: 5, tornBytes: 0, corruptBytes: 0, lostSpans: 0 });
    room = 1e9;
    await until(() => log.state === "ok");
    expect(await reopened()).toEqual(range(0, 15));
  });

  it("that does not even cut off the half record has it skipped", async () => {
    const { log } = await open();
    for (const id of range(0, 5)) append(log, id, 1000);
    await log.safe();
    let room = 2500;
    disk.takes = (length) => {
      const taken = Math.min(length, room);
      room -= taken;
      return taken;
    };
    failing("EIO", "truncate");
    for (const id of range(5, 15)) append(log, id, 1000);
    expect(await log.safe()).toBe(false);
    room = 1e9;
    await until(() => log.state === "ok");
    const copy = await asIfKilled(folder);
    folders.push(copy);
    const again = await openLog(copy);
    logs.push(again.log);
    expect(await readAll(again.log)).toEqual(range(0, 15));
    // Records 5 and 6 are there twice, whole; what is torn was repeated, and nothing is lost.
    expect(again.log.recovered).toMatchObject({ records: 15, tornBytes: expect.any(Number), corruptBytes: 0, lostRecords: 0, lostSpans: 0 });
    expect(again.log.recovered.tornBytes).toBeGreaterThan(0);
    again.log.settle(0, 15);
    await until(async () => (await segmentFiles(copy)).length === 0);
  });

  it("gives way to its bound in memory too, and says which of what was appended is not safe at the end", async () => {
    const { log } = await open();
    failing("ENOSPC", "write");
    let id = 0;
    while (append(log, id, 100_000)) id++;
    expect(await log.safe()).toBe(false);
    expect(log.bytes).toBeLessThanOrEqual(3 * 4_194_304);
    log.settle(0, 2);
    expect(await log.close(100_000)).toBe(spansIn(range(2, id)));
    expect(await log.safe()).toBe(false);
  });

  it("that can't be synced is told before anything is called safe", async () => {
    const { log } = await open({ fsync: "always" });
    append(log, 0, 100);
    expect(await log.safe()).toBe(true);
    failing("EIO", "sync");
    append(log, 1, 100);
    expect(await log.safe()).toBe(false);
    expect(log.state).toBe("failed");
    disk.before = () => {};
    await until(() => log.state === "ok");
    expect(await reopened()).toEqual([0, 1]);
  });

  it("that fails a sync in the background is failed until one succeeds", async () => {
    const { log } = await open({ fsync: "interval", fsyncMs: 100 });
    failing("EIO", "sync");
    append(log, 0, 100);
    expect(await log.safe()).toBe(true);
    await until(() => log.state === "failed");
    const syncs = disk.count("sync");
    await until(() => disk.count("sync") > syncs + 2);
    expect(log.state).toBe("failed");
    disk.before = () => {};
    await until(() => log.state === "ok");
    append(log, 1, 100);
    await log.safe();
    expect(await readAll(log)).toEqual([0, 1]);
    // The tries that failed left no files.
    expect((await segmentFiles(folder)).length).toBeLessThanOrEqual(3);
  });

  it("whose folder was deleted gets a new one; what was only there is lost, and counted when it is asked for", async () => {
    const watched = await open({ bytesMax: 16_777_216 });
    const { log } = watched;
    for (const id of range(0, 30)) {
      append(log, id, 100_000);
      await log.safe();
    }
    await rm(folder, { recursive: true });
    await new Promise((resolve) => setTimeout(resolve, 200));
    append(log, 30, 100);
    await log.safe();
    await until(() => log.state === "ok" && log.safe() === undefined);
    expect(await segmentFiles(folder)).toHaveLength(1);
    expect(await readdir(folder)).toContain("lock");
    expect(await readAll(log)).toEqual([30]);
    expect(watched.lost.reduce((sum, { spans }) => sum + spans, 0)).toBe(spansIn(range(0, 30)));
    expect(await reopened()).toEqual([30]);
    await until(() => log.bytes < 1000);
  });

  it("that can't be opened at the start is opened once it can", async () => {
    await (async () => {
      const { log } = await openLog(folder);
      for (const id of range(0, 3)) append(log, id, 10);
      await log.close(100_000);
    })();
    for (const [code, call] of [
      ["EACCES", "makeFolder"],
      ["EROFS", "lock"],
      ["EMFILE", "list"],
      ["EACCES", "openToRead"],
    ] as const) {
      failing(code, call);
      const { log } = await open();
      expect(log).toMatchObject({ state: "failed", problem: expect.stringContaining(code), isOpen: false, nextSeq: 0, recovered: { records: 0 } });
      expect(log.refusal(1)).toBe("wal_failed");
      expect(await log.load(0, { spansMax: 1, bytesMax: 1 })).toBeUndefined();
      disk.before = () => {};
      await until(() => log.isOpen);
      expect(log).toMatchObject({ state: "ok", nextSeq: 3, recovered: { records: 3 } });
      expect(await readAll(log)).toEqual([0, 1, 2]);
      await log.close(100_000);
    }
  });

  it("that can't delete or mark what is settled goes on, says so, and does it later", async () => {
    const { log } = await open({ bytesMax: 16_777_216 });
    for (const id of range(0, 30)) {
      append(log, id, 100_000);
      await log.safe();
    }
    failing("EACCES", "remove", "openToWrite");
    const { bytes } = log;
    log.settle(0, 25);
    await until(() => log.problem.includes("EACCES"));
    expect(log).toMatchObject({ state: "ok", bytes });
    disk.before = () => {};
    await until(() => log.bytes < bytes && log.problem === "");
    expect(await reopened()).toEqual(range(25, 30));
  });
});

describe("a read that fails", () => {
  it("is tried again", async () => {
    const watched = await open();
    for (const id of range(0, 10)) append(watched.log, id, 1000);
    await watched.log.safe();
    let failures = 3;
    disk.before = (call) => {
      if (call === "read" && failures-- > 0) throw diskError("EIO");
    };
    expect(await readAll(watched.log)).toEqual(range(0, 10));
    expect(watched.lost).toEqual([]);
    expect(watched.log.problem).toBe("");
  });

  it("for good loses the unsettled rest of that segment, exactly, and no other", async () => {
    const watched = await open({ bytesMax: 16_777_216 });
    const { log } = watched;
    for (const id of range(0, 40)) {
      append(log, id, 100_000);
      await log.safe();
    }
    const [, second, third] = await segmentFiles(folder);
    const [from, to] = [Number(second.slice(0, 20)), Number(third.slice(0, 20))];
    log.settle(from + 1, from + 3);
    disk.before = (call, file) => {
      if (call === "read" && path.basename(file) === second) throw diskError("EIO");
    };
    expect(await readAll(log)).toEqual([...range(0, from), ...range(to, 40)]);
    const lost = [from, ...range(from + 3, to)];
    expect(watched.lost).toMatchObject([{ spans: spansIn(lost), message: expect.stringContaining(second) }]);
    expect(watched.lost[0].message).toContain("EIO");
    await until(async () => !(await segmentFiles(folder)).includes(second));
  });

  it("loses nothing behind where the reading was to stop: that is still in memory", async () => {
    const watched = await open();
    for (const id of range(0, 10)) append(watched.log, id, 1000);
    await watched.log.safe();
    failing("EIO", "read");
    expect(await watched.log.load(0, { spansMax: 1e9, bytesMax: 1e9, before: 4 })).toBeUndefined();
    expect(watched.lost).toMatchObject([{ spans: spansIn(range(0, 4)) }]);
    disk.before = () => {};
    expect(await readAll(watched.log)).toEqual(range(4, 10));
  });

  it("for want of open files loses nothing, however long it takes", async () => {
    const watched = await open();
    for (const id of range(0, 10)) append(watched.log, id, 1000);
    await watched.log.safe();
    failing("EMFILE", "openToRead");
    const reading = readAll(watched.log);
    await until(() => disk.count("openToRead") >= 8);
    expect(watched.log.problem).toContain("EMFILE");
    disk.before = () => {};
    expect(await reading).toEqual(range(0, 10));
    expect(watched.lost).toEqual([]);
  });
});

describe("a slow disk", () => {
  it("puts back-pressure on, within its bound of memory, and takes more once it has caught up", async () => {
    const watched = await open({ bytesMax: 1e9 });
    const { log } = watched;
    let gate = Promise.withResolvers<void>();
    disk.before = (call) => (call === "write" ? gate.promise : undefined);
    let id = 0;
    while (append(log, id, 50_000)) id++;
    expect(log).toMatchObject({ state: "behind", problem: expect.stringContaining("slower than the traffic") });
    expect(log.refusal(1)).toBe("wal_behind");
    expect(log.bytes).toBeGreaterThan(11_000_000);
    expect(log.bytes).toBeLessThanOrEqual(3 * 4_194_304);
    const safe = log.safe();
    gate.resolve();
    gate = Promise.withResolvers<void>();
    gate.resolve();
    expect(await safe).toBe(true);
    expect(log.state).toBe("ok");
    await until(() => watched.changes >= 2);
    expect(append(log, id, 50_000)).toBe(true);
    await log.safe();
    expect(await readAll(log, { spansMax: 1e9, bytesMax: 1e9 })).toEqual(range(0, id + 1));
  });

  it.each(["write", "sync"] as const)("that does not come back from a %s is behind, and nobody waits for it", async (hanging) => {
    const { log } = await open({ fsync: "always" }, 2_000);
    append(log, 0, 100);
    await log.safe();
    const gate = Promise.withResolvers<void>();
    disk.before = (call) => (call === hanging ? gate.promise : undefined);
    append(log, 1, 100);
    const began = performance.now();
    expect(await log.safe()).toBe(false);
    expect(performance.now() - began).toBeGreaterThan(200);
    expect(log).toMatchObject({ state: "behind", problem: expect.stringContaining("does not answer") });
    expect(log.refusal(1)).toBe("wal_behind");
    expect(await readAll(log)).toEqual([0, 1]);
    gate.resolve();
    await until(() => log.state === "ok");
    await until(() => log.safe() === undefined);
    append(log, 2, 100);
    expect(await log.safe()).toBe(true);
    expect(await reopened()).toEqual([0, 1, 2]);
  });

  it("does not hold up the end: what is not written by the deadline is told", async () => {
    const { log } = await open();
    const gate = Promise.withResolvers<void>();
    disk.before = (call) => (call === "write" ? gate.promise : undefined);
    for (const id of range(0, 5)) append(log, id, 100);
    const safe = log.safe();
    const loading = log.load(0, { spansMax: 1, bytesMax: 1 });
    expect(await log.close(200)).toBe(spansIn(range(0, 5)));
    expect(await safe).toBe(false);
    await loading;
    gate.resolve();
  });

  it("has everything written when it is closed in the middle of it", async () => {
    const { log } = await open();
    const gate = Promise.withResolvers<void>();
    disk.before = (call) => (call === "write" ? gate.promise : undefined);
    for (const id of range(0, 5)) append(log, id, 100);
    await until(() => disk.count("write") === 1);
    for (const id of range(5, 10)) append(log, id, 100);
    log.settle(0, 2);
    const closing = log.close(60_000);
    gate.resolve();
    expect(await closing).toBe(0);
    expect(await reopened()).toEqual(range(2, 10));
  });

  it("does not keep the start waiting", async () => {
    const gate = Promise.withResolvers<void>();
    disk.before = (call) => (call === "list" ? gate.promise : undefined);
    const { log } = await open();
    expect(log).toMatchObject({ state: "failed", problem: expect.stringContaining("still being read") });
    gate.resolve();
    await until(() => log.state === "ok");
  });
});

describe("a disk of this machine", () => {
  beforeEach(() => {
    disk.isLocal = true;
  });

  /** One record at a time, each safe before the next, until `done`. */
  async function appendUntil(log: WriteAheadLog, first: number, done: () => boolean): Promise<number> {
    let id = first;
    await until(async () => {
      expect(append(log, id++, 200)).toBe(true);
      expect(await log.safe()).toBe(true);
      return done();
    });
    return id;
  }

  it("is written without another thread, and holds the same", async () => {
    const { log } = await open();
    const next = await appendUntil(log, 0, () => disk.count("writeNow") >= 20);
    expect(await reopened()).toEqual(range(0, next));
    expect(await readAll(log)).toEqual(range(0, next));
  });

  it("puts what one turn of the event loop appends into one write", async () => {
    const { log } = await open();
    let next = 0;
    await until(async () => {
      const before = { now: disk.count("writeNow"), other: disk.count("write") };
      for (const id of range(next, next + 50)) append(log, id, 200);
      next += 50;
      await log.safe();
      return disk.count("writeNow") === before.now + 1 && disk.count("write") === before.other;
    });
    expect(await readAll(log)).toEqual(range(0, next));
  });

  it.each([
    ["fails", () => (disk.before = (call) => void (call === "writeNow" && fails()))],
    ["takes a part", () => (disk.takes = (length) => Math.ceil(length / 2))],
  ])("goes on in another thread where a write %s", async (_, breakIt) => {
    const { log } = await open();
    const next = await appendUntil(log, 0, () => disk.count("writeNow") >= 3);
    breakIt();
    const end = await appendUntil(log, next, () => disk.count("writeNow") >= 6);
    disk.before = () => {};
    disk.takes = (length) => length;
    expect(log.state).toBe("ok");
    expect(await reopened()).toEqual(range(0, end));
  });

  it("says what is wrong where no write is taken at all, and loses nothing", async () => {
    const { log } = await open();
    const next = await appendUntil(log, 0, () => disk.count("writeNow") >= 3);
    disk.before = (call) => void ((call === "writeNow" || call === "write") && fails());
    append(log, next, 200);
    expect(await log.safe()).toBe(false);
    expect(log.problem).toContain("the disk is full (ENOSPC)");
    disk.before = () => {};
    await until(() => log.state === "ok");
    await log.safe();
    expect(await reopened()).toEqual(range(0, next + 1));
  });

  it("is never written without another thread while an fdatasync is under way, nor where each write is followed by one", async () => {
    const { log } = await open();
    const gate = Promise.withResolvers<void>();
    const next = await appendUntil(log, 0, () => disk.count("writeNow") >= 3);
    disk.before = (call) => (call === "sync" ? gate.promise : undefined);
    const syncs = disk.count("sync");
    const end = await appendUntil(log, next, () => disk.count("sync") > syncs);
    const direct = disk.count("writeNow");
    for (const id of range(end, end + 10)) {
      append(log, id, 200);
      expect(await log.safe()).toBe(true);
    }
    expect(disk.count("writeNow")).toBe(direct);
    gate.resolve();
    disk.before = () => {};
    await log.close(100_000);
    const { log: always } = await open({ fsync: "always" });
    for (const id of range(end + 10, end + 20)) {
      append(always, id, 200);
      expect(await always.safe()).toBe(true);
    }
    expect(disk.count("writeNow")).toBe(direct);
    expect(await readAll(always)).toEqual(range(0, end + 20));
  });
});

function fails(): never {
  throw diskError("ENOSPC");
}
