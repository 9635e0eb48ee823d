import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RecordTable } from "./recordTable.ts";

type Model = { spans: number; settled: boolean; written: boolean; offset: number; atMs: number }[];

describe("RecordTable", () => {
  it("agrees with a list of records, whatever is added and settled", () => {
    const command = fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constant("add" as const), spans: fc.nat(9), afterMs: fc.integer({ min: -3000, max: 3000 }) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("addMany" as const), count: fc.nat(200), settled: fc.nat(200) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("absent" as const), count: fc.nat(100), lost: fc.boolean() }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant("settle" as const), from: fc.nat(400), length: fc.nat(120) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("write" as const) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("trim" as const) }) },
    );
    fc.assert(
      fc.property(fc.nat(1000), fc.array(command, { maxLength: 60 }), (firstSeq, commands) => {
        const table = new RecordTable(firstSeq);
        const model: Model = [];
        let atMs = 1_000_000;
        let offset = 32;
        for (const one of commands) {
          if (one.kind === "add") {
            atMs += one.afterMs;
            table.add(one.spans, atMs, offset);
            model.push({ spans: one.spans, settled: false, written: false, offset, atMs });
            offset += 50;
          } else if (one.kind === "addMany") {
            const other = new RecordTable(table.endSeq);
            for (let i = 0; i < one.count; i++) {
              other.add(i % 7, atMs, i * 50);
              model.push({ spans: i % 7, settled: i < one.settled, written: false, offset: offset + i * 50, atMs });
            }
            other.settle(other.firstSeq, other.firstSeq + one.settled);
            table.addAll(other, offset);
            offset += one.count * 50;
          } else if (one.kind === "absent") {
            table.addAbsent(one.count, offset, one.lost);
            for (let i = 0; i < one.count; i++) model.push({ spans: 0, settled: true, written: !one.lost, offset, atMs });
          } else if (one.kind === "settle") {
            const from = firstSeq + one.from;
            const within = model.slice(one.from, one.from + one.length);
            expect(table.settle(from, from + one.length)).toBe(within.filter(({ settled }) => !settled).length);
            for (const record of within) record.settled = true;
          } else if (one.kind === "write") {
            const ranges = table.unwritten();
            const listed = ranges.flatMap(({ fromSeq, toSeq }) => Array.from({ length: toSeq - fromSeq }, (_, i) => fromSeq - firstSeq + i));
            expect(listed).toEqual(model.flatMap(({ settled, written }, index) => (settled && !written ? [index] : [])));
            table.written(ranges);
            expect(table.unwritten()).toEqual([]);
            for (const record of model) record.written ||= record.settled;
          } else table.trim();
          expect(table).toMatchObject({ count: model.length, unsettled: model.filter(({ settled }) => !settled).length });
        }
        for (let index = 0; index <= model.length; index += 13) {
          const next = model.findIndex(({ settled }, at) => at >= index && !settled);
          expect(table.nextUnsettled(firstSeq + index)).toBe(next < 0 ? undefined : firstSeq + next);
          expect(table.isUnsettled(firstSeq + index)).toBe(index < model.length && !model[index].settled);
          const spans = model.slice(index, index + 50).reduce((sum, record) => sum + (record.settled ? 0 : record.spans), 0);
          expect(table.unsettledSpans(firstSeq + index, firstSeq + index + 50)).toBe(spans);
          // The walk from there meets the record: a mark is never behind it, and at most 128 records before.
          if (index < model.length && !model[index].settled) {
            const place = table.placeBefore(firstSeq + index) ?? -1;
            expect(place).toBeLessThanOrEqual(model[index].offset);
            expect(place).toBeGreaterThanOrEqual(model[Math.max(0, index - 128)].offset);
          }
        }
        const oldest = model.find(({ settled }) => !settled);
        expect(Math.abs((table.oldestAtMs() ?? 0) - (oldest?.atMs ?? 0))).toBeLessThan(1000);
      }),
      { numRuns: 300 },
    );
  });
});
