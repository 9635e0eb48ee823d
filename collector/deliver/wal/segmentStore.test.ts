import { expect, it } from "vitest";
import { RecordTable } from "./recordTable.ts";
import { newSegment, type Segment, SegmentStore, segmentName } from "./segmentStore.ts";
import type { WalFile, WalFiles } from "./walFiles.ts";

function segment(firstSeq: number, records: number): Segment {
  const table = new RecordTable(firstSeq);
  for (let record = 0; record < records; record++) table.add(1, 0, record);
  return newSegment(segmentName(firstSeq, 0), 7, table);
}

it("writes down what is settled in the oldest segment first, whichever changed first: a kill in between leaves no hole", async () => {
  const done: string[] = [];
  const file = { write: (_bytes: Buffer, _start: number, length: number) => Promise.resolve(length), close: () => Promise.resolve() };
  const files = {
    remove: (path: string) => Promise.resolve(void done.push(`remove ${path}`)),
    openToWrite: (path: string) => Promise.resolve(void done.push(`write ${path}`)).then(() => file as unknown as WalFile),
  };
  const store = new SegmentStore(files as unknown as WalFiles, "");
  const [older, newer] = [segment(0, 60), segment(60, 100)];
  store.add(older);
  await store.flush(10);
  // The newer one is the first to change.
  store.add(newer);
  store.settle(0, 80);
  await store.flush(10);
  expect(done).toEqual([expect.stringMatching(/^remove .*0\.wal$/), expect.stringMatching(/^remove .*\.done$/), expect.stringMatching(/^write .*\.done$/)]);
});
