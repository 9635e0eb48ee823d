import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allocateBill, type PartUsage } from "./allocateBill.ts";
import { type Bill, computeBill } from "./bill.ts";
import { bookOf, books, micro, modelOf, models, nano, ratePrice, sameEachDay, slices } from "./costTestData.ts";
import { DAY_MS, dayStartMs } from "./month.ts";
import { computeSavings } from "./savings.ts";
import { DRIVERS, type UsageSlice } from "./usage.ts";

const OCTOBER = { fromMs: dayStartMs("2026-10-01"), untilMs: dayStartMs("2026-11-01") };
const origin = { source: "list price", asOf: "2026-04-24" };
const storage = { id: "storage", name: "storage", category: "storage", charges: [{ by: "measured", driver: "bytesKept", priceId: "gb" }] };

function expectSums(bill: Bill): void {
  const sum = (amounts: number[]) => amounts.reduce((all, one) => all + one, 0);
  expect(sum(bill.lines.map((line) => line.micro))).toBe(bill.micro);
  for (const line of bill.lines) {
    expect(line.fixedMicro + sum(line.charges.map((charge) => charge.micro))).toBe(line.micro);
    for (const charge of line.charges) expect(sum(charge.parts.map((part) => part.micro)) + charge.unusedMicro).toBe(charge.micro);
  }
}

describe("computeBill", () => {
  it("equals a month computed by hand, to the cent", () => {
    // October 2026 has 31 days, 744 hours.
    // compute: fixed 1,200.00; 48 hosts × 744 h × 0.1632 = 5,828.1984
    // ingest: 3.051 TB a day × 31 = 94.581 TB = 94,581 GB; 100 GB free; 94,481 × 0.50 = 47,240.50
    // hot storage: 21.9 TB held all month = 21,900 GB·month × 0.08 = 1,752.00
    // requests: 2,000,000 puts a day × 31 = 62,000 thousand × 0.005 = 310.00
    // licence: 5 seats × 400 = 2,000.00, 8 committed: 3 unused × 400 = 1,200.00
    const book = bookOf([
      ratePrice("m7g", "hour", 0.1632),
      ratePrice("ingest", "gb", 0.5, { freeUnits: 100 }),
      ratePrice("seat", "month", 400, { committedUnits: 8 }),
      {
        kind: "storageClass",
        id: "gp3",
        name: "gp3",
        currency: "USD",
        periods: [{ from: null, nanoPerGbMonth: nano(0.08), nanoPer1kPut: nano(0.005), nanoPer1kGet: 0, nanoPerGbRetrieved: 0, ...origin }],
      },
    ]);
    const model = modelOf([
      {
        id: "compute",
        name: "compute",
        category: "compute",
        fixedMicroPerMonth: micro(1200),
        charges: [{ by: "measured", driver: "collectorHours", priceId: "m7g" }],
      },
      { id: "ingest", name: "ingest", category: "other", charges: [{ by: "measured", driver: "bytesKept", priceId: "ingest" }] },
      {
        id: "hot",
        name: "storage, hot",
        category: "storage",
        charges: [
          { by: "measured", driver: "byteHoursHot", priceId: "gp3" },
          { by: "measured", driver: "putRequests", priceId: "gp3" },
        ],
      },
      { id: "licence", name: "licence", category: "licence", charges: [{ by: "stated", perMonth: 5, priceId: "seat" }] },
    ]);
    const usage = { collectorHours: 48 * 24, bytesKept: 3.051e12, byteHoursHot: 21.9e12 * 24, putRequests: 2_000_000 };
    const bill = computeBill({ book, model, ...OCTOBER, slices: sameEachDay("2026-10-01", 31, usage) });
    expect(bill.lines.map((line) => [line.componentId, line.micro])).toEqual([
      ["compute", micro(1200 + 5828.1984)],
      ["ingest", micro(47_240.5)],
      ["hot", micro(1752 + 310)],
      ["licence", micro(2000 + 1200)],
    ]);
    expect(bill.micro).toBe(micro(1200 + 5828.1984 + 47_240.5 + 2062 + 3200));
    expect(bill.missingMs).toBe(0);
  });

  it("adds up exactly, whatever the book, the model and the measurements", () => {
    fc.assert(
      fc.property(books, models, slices, (book, model, some) => {
        const fromMs = some[0]?.fromMs ?? OCTOBER.fromMs;
        expectSums(computeBill({ book, model, fromMs, untilMs: Math.max(fromMs + DAY_MS, some.at(-1)?.untilMs ?? 0), slices: some }));
      }),
    );
  });

  it("takes each day at the price of that day when a price changes in mid-month", () => {
    const periods = [
      { from: null, nano: nano(0.5), ...origin },
      { from: "2026-10-11", nano: nano(0.4), ...origin },
    ];
    const book = bookOf([{ kind: "rate", id: "gb", name: "gb", currency: "USD", unit: "gb", periods }]);
    const bill = computeBill({ book, model: modelOf([storage]), ...OCTOBER, slices: sameEachDay("2026-10-01", 31, { bytesKept: 1e12 }) });
    expect(bill.lines[0].charges[0].parts.map(({ units, nano: price, micro: amount }) => [units, price, amount])).toEqual([
      [10_000, nano(0.5), micro(5000)],
      [21_000, nano(0.4), micro(8400)],
    ]);
  });

  it("converts a price in another currency at the rate of the day", () => {
    const exchangeRates = [
      {
        currency: "EUR",
        periods: [
          { from: null, micro: 1_100_000, ...origin },
          { from: "2026-10-31", micro: 1_200_000, ...origin },
        ],
      },
    ];
    const book = bookOf([ratePrice("gb", "gb", 1, { currency: "EUR" })], { exchangeRates });
    const bill = computeBill({ book, model: modelOf([storage]), ...OCTOBER, slices: sameEachDay("2026-10-01", 31, { bytesKept: 1e9 }) });
    expect(bill.micro).toBe(micro(30 * 1.1 + 1.2));
    expect(bill.currency).toBe("USD");
  });

  it("charges nothing for what was not measured, and says how much is missing", () => {
    const book = bookOf([ratePrice("gb", "gb", 1)]);
    const measured = sameEachDay("2026-10-01", 31, { bytesKept: 1e9 });
    const gap = measured.filter((_, day) => day < 10 || day >= 12);
    const bill = computeBill({ book, model: modelOf([storage]), ...OCTOBER, slices: gap });
    expect(bill.micro).toBe(micro(29));
    expect(bill.missingMs).toBe(2 * DAY_MS);
  });

  it("takes fixed amounts, free units and commitments for the share of the month that is asked for", () => {
    const book = bookOf([ratePrice("gb", "gb", 1, { freeUnits: 31, committedUnits: 310 })]);
    const model = modelOf([{ ...storage, fixedMicroPerMonth: micro(310) }]);
    const oneDay = { fromMs: OCTOBER.fromMs, untilMs: OCTOBER.fromMs + DAY_MS };
    const bill = computeBill({ book, model, ...oneDay, slices: sameEachDay("2026-10-01", 1, { bytesKept: 4e9 }) });
    const [line] = bill.lines;
    expect(line.fixedMicro).toBe(micro(10));
    expect(line.charges[0]).toMatchObject({ unusedUnits: 6, unusedMicro: micro(6), parts: [{ units: 3, freeUnits: 1, micro: micro(3) }] });
  });

  it("goes on over a month's end, each month by its own hours", () => {
    const book = bookOf([ratePrice("held", "gbMonth", 0.08)]);
    const model = modelOf([{ ...storage, charges: [{ by: "measured", driver: "byteHoursHot", priceId: "held" }] }]);
    const days = sameEachDay("2026-01-01", 59, { byteHoursHot: 100e9 * 24 });
    const bill = computeBill({ book, model, fromMs: dayStartMs("2026-01-01"), untilMs: dayStartMs("2026-03-01"), slices: days });
    // 100 GB over January, and over February, however many days they have.
    expect(bill.micro).toBe(micro(16));
  });

  it("refuses a sum that could not be kept exactly", () => {
    const book = bookOf([ratePrice("gb", "gb", 1_000_000)]);
    expect(() => computeBill({ book, model: modelOf([storage]), ...OCTOBER, slices: sameEachDay("2026-10-01", 1, { bytesKept: 1e15 }) })).toThrow(RangeError);
  });
});

describe("computeSavings", () => {
  it("walks from the bill without to the bill with, own costs included, and the steps add up", () => {
    fc.assert(
      fc.property(books, models, slices, (book, model, some) => {
        const fromMs = some[0]?.fromMs ?? OCTOBER.fromMs;
        const savings = computeSavings({ book, model, fromMs, untilMs: Math.max(fromMs + DAY_MS, some.at(-1)?.untilMs ?? 0), slices: some });
        expect(savings.without.micro + savings.steps.reduce((sum, { changeMicro }) => sum + changeMicro, 0)).toBe(savings.with.micro);
        if (savings.steps.length > 0) expect(savings.steps.at(-1)?.afterMicro).toBe(savings.with.micro);
        expect(savings.components.reduce((sum, one) => sum + one.savedMicro, 0)).toBe(savings.savedMicro);
      }),
    );
  });

  it("counts the collectors against the savings, and prices the rest as if all had been kept", () => {
    const book = bookOf([ratePrice("gb", "gb", 0.5), ratePrice("hour", "hour", 0.1632)]);
    const model = modelOf([
      storage,
      { id: "own", name: "Headgate itself", category: "own", charges: [{ by: "measured", driver: "collectorHours", priceId: "hour" }] },
    ]);
    const usage = { bytesReceived: 1000e9, bytesKept: 64.2e9, collectorHours: 24 };
    const savings = computeSavings({ book, model, ...OCTOBER, slices: sameEachDay("2026-10-01", 31, usage) });
    expect(savings.without.micro).toBe(micro(15_500));
    expect(savings.with.micro).toBe(micro(31 * 32.1 + 31 * 24 * 0.1632));
    expect(savings.steps.map(({ componentId }) => componentId)).toEqual(["storage", "own"]);
    expect(savings.savedMicro).toBe(micro(15_500 - 31 * 32.1 - 31 * 24 * 0.1632));
  });

  it("says nothing of what would have been held where nothing was kept", () => {
    const book = bookOf([ratePrice("held", "gbMonth", 0.08)]);
    const model = modelOf([{ ...storage, charges: [{ by: "measured", driver: "byteHoursHot", priceId: "held" }] }]);
    const one: UsageSlice = { fromMs: OCTOBER.fromMs, untilMs: OCTOBER.fromMs + DAY_MS, usage: { bytesReceived: 5, bytesKept: 0, byteHoursHot: 7 } };
    expect(computeSavings({ book, model, fromMs: one.fromMs, untilMs: one.untilMs, slices: [one] }).without.missingMs).toBe(DAY_MS);
  });
});

describe("allocateBill", () => {
  const parts: fc.Arbitrary<PartUsage[]> = fc
    .array(fc.dictionary(fc.constantFrom(...DRIVERS), fc.integer({ min: 0, max: 1e12 })), { minLength: 1, maxLength: 12 })
    .map((usages) => usages.map((usage, index) => ({ key: `part ${index}`, usage })));

  it("adds up to the bill and to each of its lines, by every rule", () => {
    fc.assert(
      fc.property(
        books,
        models,
        slices,
        parts,
        fc.constantFrom("bytesKept", "bytesReceived", "spansKept", "equally"),
        (book, model, some, shares, sharedBy) => {
          const fromMs = some[0]?.fromMs ?? OCTOBER.fromMs;
          const bill = computeBill({ book, model, fromMs, untilMs: Math.max(fromMs + DAY_MS, some.at(-1)?.untilMs ?? 0), slices: some });
          const allocated = allocateBill(bill, shares, sharedBy as "bytesKept");
          expect(allocated.reduce((sum, one) => sum + one.micro, 0)).toBe(bill.micro);
          for (const [index, line] of bill.lines.entries()) expect(allocated.reduce((sum, one) => sum + one.byComponent[index].micro, 0)).toBe(line.micro);
        },
      ),
    );
  });

  it("charges what was measured to whoever used it, and shares the rest by the rule", () => {
    const book = bookOf([ratePrice("gb", "gb", 1)]);
    const bill = computeBill({
      book,
      model: modelOf([{ ...storage, fixedMicroPerMonth: micro(90) }]),
      ...OCTOBER,
      slices: sameEachDay("2026-10-01", 31, { bytesKept: 10e9 }),
    });
    const some = [
      { key: "shop", usage: { bytesKept: 200e9, bytesReceived: 200e9 } },
      { key: "mail", usage: { bytesKept: 110e9, bytesReceived: 400e9 } },
    ];
    expect(allocateBill(bill, some, "bytesReceived").map(({ key, micro: amount }) => [key, amount])).toEqual([
      ["shop", micro(230)],
      ["mail", micro(170)],
    ]);
    expect(allocateBill(bill, some, "equally").map(({ micro: amount }) => amount)).toEqual([micro(245), micro(155)]);
  });
});
