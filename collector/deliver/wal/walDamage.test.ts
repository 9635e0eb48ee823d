import { cp, mkdir, readdir, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { RECORD_HEADER_BYTES, SEGMENT_HEADER_BYTES, segmentHeader } from "./walRecord.ts";
import { append, openLog, payloadOf, range, readAll, removeFolders, segmentFiles, spansOf, temporaryFolder, type Watched } from "./walTestData.ts";

/** Three processes after one another, each with a segment of its own; the second settled some records of the first. */
const SESSIONS = 3;
const PER_SESSION = 12;
const SETTLED = [2, 3, 4, 11];
const bytesOf = (id: number) => 8 + ((id * 137) % 900);
const ALL = range(0, SESSIONS * PER_SESSION);
const UNSETTLED = ALL.filter((id) => !SETTLED.includes(id));
const spansIn = (ids: readonly number[]) => ids.reduce((sum, id) => sum + spansOf(id), 0);

let original: string;
let folders: string[] = [];
let logs: Watched[] = [];

beforeAll(async () => {
  original = await temporaryFolder();
  for (const session of range(0, SESSIONS)) {
    const { log } = await openLog(original);
    for (const id of range(session * PER_SESSION, (session + 1) * PER_SESSION)) append(log, id, bytesOf(id));
    if (session === 1) for (const id of SETTLED) log.settle(id, id + 1);
    await log.close(100_000);
  }
});
afterAll(() => removeFolders([original]));
afterEach(async () => {
  for (const { log } of logs) await log.close(100_000);
  await removeFolders(folders);
  folders = [];
  logs = [];
});

async function copy(): Promise<string> {
  const folder = await temporaryFolder();
  await cp(original, folder, { recursive: true });
  folders.push(folder);
  return folder;
}
async function open(folder: string): Promise<Watched> {
  const watched = await openLog(folder, { fsync: "never" });
  logs.push(watched);
  return watched;
}
/** Where each record of a session lies in its file. */
function places(session: number): { id: number; from: number; to: number }[] {
  let at = SEGMENT_HEADER_BYTES;
  return range(session * PER_SESSION, (session + 1) * PER_SESSION).map((id) => {
    const from = at;
    at += RECORD_HEADER_BYTES + payloadOf(id, bytesOf(id)).length;
    return { id, from, to: at };
  });
}
async function change(file: string, edit: (bytes: Buffer) => Buffer | undefined): Promise<void> {
  const bytes = await readFile(file);
  await writeFile(file, edit(bytes) ?? bytes);
}

describe("a damaged log", () => {
  it("is whole when nothing was done to it", async () => {
    const { log } = await open(await copy());
    expect(log.recovered).toMatchObject({ records: UNSETTLED.length, spans: spansIn(UNSETTLED), tornBytes: 0, corruptBytes: 0, lostRecords: 0 });
    expect(await readAll(log)).toEqual(UNSETTLED);
  });

  it("loses exactly the records in which bits were flipped, and counts them and their spans", async () => {
    const flip = fc.record({ session: fc.nat(SESSIONS - 1), at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), bit: fc.nat(7) });
    await fc.assert(
      fc.asyncProperty(fc.array(flip, { minLength: 1, maxLength: 4 }), async (flips) => {
        const folder = await copy();
        const names = await segmentFiles(folder);
        const flipped = new Map<string, { session: number; at: number; bit: number }>();
        for (const { session, at, bit } of flips) {
          const size = places(session).at(-1)?.to ?? 0;
          const place = { session, at: Math.floor(at * size), bit };
          const key = `${session} ${place.at} ${bit}`;
          // Flipped twice it is as it was.
          if (!flipped.delete(key)) flipped.set(key, place);
        }
        for (const { session, at, bit } of flipped.values()) {
          await change(path.join(folder, names[session]), (bytes) => {
            bytes[at] ^= 1 << bit;
            return undefined;
          });
        }
        const isIn = ({ from, to }: { from: number; to: number }, session: number) =>
          [...flipped.values()].some((one) => one.session === session && one.at >= from && one.at < to);
        const damaged = range(0, SESSIONS).flatMap((session) => places(session).filter((place) => isIn(place, session)));
        const damagedIds = damaged.map(({ id }) => id);
        const { log } = await open(folder);
        expect(log.state).toBe("ok");
        const intact = (ids: readonly number[]) => ids.filter((id) => !damagedIds.includes(id));
        // Without the start of a segment and its first record nothing says what was there.
        expect(await readAll(log)).toEqual(intact(UNSETTLED));
        expect(log.recovered).toMatchObject({ records: intact(UNSETTLED).length, spans: spansIn(intact(UNSETTLED)) });
        if (damaged.length > 0) expect(log.recovered.corruptBytes + log.recovered.tornBytes).toBeGreaterThan(0);
        // What followed the last readable header of a process, or came before its first, has no neighbour that tells.
        const untold = range(0, SESSIONS).some((session) => {
          const all = places(session);
          const last = all[all.length - 1];
          return (
            isIn({ from: last.from, to: last.from + RECORD_HEADER_BYTES }, session) ||
            (isIn({ from: 0, to: SEGMENT_HEADER_BYTES }, session) && isIn(all[0], session))
          );
        });
        const lost = damagedIds.filter((id) => UNSETTLED.includes(id));
        const isMixed = damagedIds.some((id) => SETTLED.includes(id));
        if (!untold && !isMixed) expect(log.recovered).toMatchObject({ lostRecords: lost.length, lostSpans: spansIn(lost) });
        // It is counted once, not at each start.
        await log.close(100_000);
        const again = await open(folder);
        expect(again.log.recovered).toMatchObject({ records: intact(UNSETTLED).length, lostRecords: 0, lostSpans: 0 });
        expect(await readAll(again.log)).toEqual(intact(UNSETTLED));
        await again.log.close(100_000);
        await removeFolders([folder]);
      }),
      { numRuns: 30 },
    );
  });

  it("that a kill has torn loses only what was not whole, is cut off there, and goes on with the next number", async () => {
    for (const cut of [1, 43, 44, 45, 200]) {
      const folder = await copy();
      const [last] = (await segmentFiles(folder)).slice(-1);
      const all = places(SESSIONS - 1);
      const { from, to } = all[all.length - 1];
      await truncate(path.join(folder, last), Math.min(from + cut, to - 1));
      const { log } = await open(folder);
      expect(log.recovered).toMatchObject({ tornBytes: Math.min(cut, to - 1 - from), corruptBytes: 0, lostRecords: 0, records: UNSETTLED.length - 1 });
      expect(log.nextSeq).toBe(ALL.length - 1);
      expect(await readAll(log)).toEqual(UNSETTLED.slice(0, -1));
      append(log, 99, 50);
      await log.close(100_000);
      const again = await open(folder);
      expect(again.log.recovered).toMatchObject({ tornBytes: 0, corruptBytes: 0 });
      expect(await readAll(again.log)).toEqual([...UNSETTLED.slice(0, -1), 99]);
    }
  });

  it("is delivered again where the marks of what was settled are damaged", async () => {
    const folder = await copy();
    const done = (await readdir(folder)).filter((name) => name.endsWith(".done"));
    expect(done).toHaveLength(1);
    await change(path.join(folder, done[0]), (bytes) => {
      bytes[25] ^= 1;
      return Buffer.concat([bytes, Buffer.from("torn")]);
    });
    const { log } = await open(folder);
    const ids = await readAll(log);
    expect(ids).toEqual(ALL.filter((id) => !SETTLED.includes(id) || ids.includes(id)));
    expect(ids.length).toBeGreaterThan(UNSETTLED.length);
    log.settle(0, 1);
    log.settle(5, 6);
    await log.close(100_000);
    const again = await open(folder);
    expect(await readAll(again.log)).toEqual(ids.filter((id) => id !== 0 && id !== 5));
  });

  it("that lost the start of a segment and has it twice gives it back once", async () => {
    const folder = await copy();
    const second = path.join(folder, (await segmentFiles(folder))[1]);
    await change(second, (bytes) => Buffer.concat([Buffer.alloc(10, 1), bytes]));
    await cp(second, path.join(folder, `${"900".padStart(20, "0")}.wal`));
    const { log } = await open(folder);
    expect(await readAll(log)).toEqual(UNSETTLED);
  });

  it("does not take a record within a payload for one of its own", async () => {
    const folder = await temporaryFolder();
    folders.push(folder);
    const stolen = await readFile(path.join(original, (await segmentFiles(original))[0]));
    const first = await open(folder);
    first.log.refusal(stolen.length);
    first.log.append(stolen, 0, stolen.length, 1);
    append(first.log, 1, 100);
    await first.log.close(100_000);
    await change(path.join(folder, (await segmentFiles(folder))[0]), (bytes) => {
      bytes[SEGMENT_HEADER_BYTES + 10] ^= 1;
      return undefined;
    });
    const { log } = await open(folder);
    expect(log.recovered).toMatchObject({ records: 1, lostRecords: 1, lostSpans: 1 });
    expect(await readAll(log)).toEqual([1]);
  });

  it("leaves a segment of a later version alone, and gives its numbers to nobody", async () => {
    const folder = await copy();
    const start = segmentHeader({ session: 1, firstSeq: 500, spansBefore: 0 });
    start.writeUInt32LE(2, 8);
    const { crc32 } = await import("node:zlib");
    start.writeUInt32LE(crc32(start.subarray(0, 28)), 28);
    const later = path.join(folder, `${"500".padStart(20, "0")}.wal`);
    await writeFile(later, Buffer.concat([start, Buffer.alloc(4000, 1)]));
    const { log } = await open(folder);
    expect(log.notes.join()).toContain("later version");
    expect(log.nextSeq).toBeGreaterThan(500);
    expect(await readAll(log)).toEqual(UNSETTLED);
    append(log, 77, 10);
    log.settle(0, log.nextSeq - 1);
    await log.close(100_000);
    expect((await readFile(later)).length).toBe(4032);
    const again = await open(folder);
    expect(await readAll(again.log)).toEqual([77]);
  });

  it("never stops a start, whatever lies in its folder, gives nothing back twice, and works from there on", async () => {
    const which = fc.nat(SESSIONS - 1);
    const edit = fc.oneof(
      fc.record({ kind: fc.constant("truncate" as const), which, share: fc.double({ min: 0, max: 1, noNaN: true }) }),
      fc.record({ kind: fc.constant("zero" as const), which, share: fc.double({ min: 0, max: 1, noNaN: true }), bytes: fc.nat(3000) }),
      fc.record({ kind: fc.constant("insert" as const), which, share: fc.double({ min: 0, max: 1, noNaN: true }), what: fc.uint8Array({ maxLength: 200 }) }),
      fc.record({ kind: fc.constant("cutOut" as const), which, share: fc.double({ min: 0, max: 1, noNaN: true }), bytes: fc.nat(2000) }),
      fc.record({ kind: fc.constant("swap" as const), which, other: which }),
      fc.record({
        kind: fc.constant("twice" as const),
        which,
        name: fc.constantFrom("00000000000000000003.wal", "00000000000000000900.wal", "00000000000000000012-7.wal"),
      }),
      fc.record({ kind: fc.constant("append" as const), which, other: which }),
      fc.record({ kind: fc.constant("remove" as const), which }),
      fc.record({ kind: fc.constant("done" as const), what: fc.uint8Array({ maxLength: 100 }) }),
      fc.record({
        kind: fc.constant("foreign" as const),
        name: fc.constantFrom("notes.txt", "00000000000000000001.wal", "99999999999999999999.wal", "00000000000000000005.done", "x.wal"),
        what: fc.uint8Array({ maxLength: 300 }),
      }),
      fc.record({ kind: fc.constant("folder" as const), name: fc.constantFrom("00000000000000000002.wal", "00000000000000000000.done") }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), async (edits) => {
        const folder = await copy();
        const names = await segmentFiles(folder);
        const fileOf = (index: number) => path.join(folder, names[index]);
        for (const one of edits) {
          await (async () => {
            switch (one.kind) {
              case "truncate":
                return change(fileOf(one.which), (bytes) => bytes.subarray(0, Math.floor(bytes.length * one.share)));
              case "zero":
                return change(fileOf(one.which), (bytes) =>
                  bytes.fill(0, Math.floor(bytes.length * one.share), Math.floor(bytes.length * one.share) + one.bytes),
                );
              case "insert":
                return change(fileOf(one.which), (bytes) => {
                  const at = Math.floor(bytes.length * one.share);
                  return Buffer.concat([bytes.subarray(0, at), one.what, bytes.subarray(at)]);
                });
              case "cutOut":
                return change(fileOf(one.which), (bytes) => {
                  const at = Math.floor(bytes.length * one.share);
                  return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + one.bytes)]);
                });
              case "swap":
                await rename(fileOf(one.which), path.join(folder, "between"));
                if (one.which !== one.other) await rename(fileOf(one.other), fileOf(one.which));
                return rename(path.join(folder, "between"), fileOf(one.other));
              case "twice":
                return cp(fileOf(one.which), path.join(folder, one.name));
              case "append":
                return change(fileOf(one.which), (bytes) => Buffer.concat([bytes, bytes.subarray(Math.min(bytes.length, one.other * 700))]));
              case "remove":
                return rm(fileOf(one.which), { force: true });
              case "done":
                return writeFile(path.join(folder, names[0].replace(".wal", ".done")), one.what);
              case "foreign":
                return writeFile(path.join(folder, one.name), one.what);
              case "folder":
                return mkdir(path.join(folder, one.name)).then(() => undefined);
            }
          })().catch(() => undefined);
        }
        const watched = await open(folder);
        expect(watched.log.problem).toBe("");
        const ids = await readAll(watched.log);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.every((id) => ALL.includes(id))).toBe(true);
        expect(ids.length).toBe(watched.log.recovered.records);
        expect(spansIn(ids)).toBe(watched.log.recovered.spans);
        expect(watched.lost).toEqual([]);
        for (const id of range(100, 110)) expect(append(watched.log, id, 300)).toBe(true);
        await watched.log.close(100_000);
        const again = await open(folder);
        expect(await readAll(again.log)).toEqual([...ids, ...range(100, 110)]);
        again.log.settle(0, again.log.nextSeq);
        await again.log.close(100_000);
        const last = await open(folder);
        expect(await readAll(last.log)).toEqual([]);
        await last.log.close(100_000);
        await removeFolders([folder]);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it("that is damaged while it is in use gives back what is whole, and tells exactly what is not", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(5000), fc.nat(7)), { minLength: 1, maxLength: 5 }), async (flips) => {
        const folder = await temporaryFolder();
        folders.push(folder);
        const watched = await open(folder);
        const ids = range(0, 100);
        for (const id of ids) append(watched.log, id, bytesOf(id));
        await watched.log.safe();
        watched.log.settle(50, 53);
        const [name] = await segmentFiles(folder);
        const damaged = new Set<number>();
        await change(path.join(folder, name), (bytes) => {
          for (const [at, bit] of flips) bytes[SEGMENT_HEADER_BYTES + at * 9] ^= 1 << bit;
          return undefined;
        });
        const bytes = await readFile(path.join(folder, name));
        let at = SEGMENT_HEADER_BYTES;
        for (const id of ids) {
          const size = RECORD_HEADER_BYTES + payloadOf(id, bytesOf(id)).length;
          const isHit = new Map(flips.map((flip) => [`${flip}`, 0]));
          for (const flip of flips) isHit.set(`${flip}`, (isHit.get(`${flip}`) ?? 0) + 1);
          for (const [key, times] of isHit) {
            const place = SEGMENT_HEADER_BYTES + Number(key.split(",")[0]) * 9;
            if (times % 2 === 1 && place >= at && place < at + size) damaged.add(id);
          }
          at += size;
        }
        expect(at).toBe(bytes.length);
        const wanted = ids.filter((id) => id < 50 || id >= 53);
        expect(await readAll(watched.log, { spansMax: 40, bytesMax: 4000 })).toEqual(wanted.filter((id) => !damaged.has(id)));
        expect(watched.lost.reduce((sum, { spans }) => sum + spans, 0)).toBe(spansIn(wanted.filter((id) => damaged.has(id))));
        expect(await readAll(watched.log)).toEqual(wanted.filter((id) => !damaged.has(id)));
        await watched.log.close(100_000);
        await removeFolders([folder]);
      }),
      { numRuns: 25 },
    );
  });
});
