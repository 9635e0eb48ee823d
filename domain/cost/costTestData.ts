import fc from "fast-check";
import { type CostModel, costModelSchema } from "./costModel.ts";
import { DAY_MS, dayStartMs } from "./month.ts";
import { type PriceBook, priceBookSchema } from "./priceBook.ts";
import { DRIVER_UNIT, DRIVERS, type Driver, type PriceUnit, type UsageSlice } from "./usage.ts";

const origin = { source: "list price", asOf: "2026-04-24" };
export const nano = (dollars: number): number => Math.round(dollars * 1e9);
export const micro = (dollars: number): number => Math.round(dollars * 1e6);

/** A rate that holds since ever. */
export function ratePrice(id: string, unit: string, dollars: number, more: object = {}): object {
  return { kind: "rate", id, name: id, currency: "USD", unit, periods: [{ from: null, nano: nano(dollars), ...origin }], ...more };
}

export function bookOf(prices: object[], more: object = {}): PriceBook {
  return priceBookSchema.parse({ currency: "USD", prices, ...more });
}

export function modelOf(components: object[], more: object = {}): CostModel {
  return costModelSchema.parse({ components, ...more });
}

/** The same usage on each of `days` days. */
export function sameEachDay(firstDay: string, days: number, usage: UsageSlice["usage"]): UsageSlice[] {
  return Array.from({ length: days }, (_, day) => {
    const fromMs = dayStartMs(firstDay) + day * DAY_MS;
    return { fromMs, untilMs: fromMs + DAY_MS, usage };
  });
}

/** A rate for each driver, at some price; and a month a stated number is charged for. */
export const books: fc.Arbitrary<PriceBook> = fc
  .tuple(fc.array(fc.integer({ min: 0, max: 1e11 }), { minLength: DRIVERS.length, maxLength: DRIVERS.length }), fc.integer({ min: 0, max: 1e6 }))
  .map(([nanos, freeUnits]) =>
    bookOf([
      ...DRIVERS.map((driver, index) =>
        ratePrice(driver.toLowerCase(), DRIVER_UNIT[driver], nanos[index] / 1e9, { freeUnits: index % 3 === 0 ? freeUnits : 0 }),
      ),
      ratePrice("seat", "month", 12, { committedUnits: 2 }),
    ]),
  );

const charges = fc.oneof(
  fc.constantFrom(...DRIVERS).map((driver) => ({ by: "measured" as const, driver, priceId: driver.toLowerCase(), times: 1 })),
  fc.integer({ min: 0, max: 50 }).map((perMonth) => ({ by: "stated" as const, perMonth, priceId: "seat" })),
);

export const models: fc.Arbitrary<CostModel> = fc
  .array(
    fc.tuple(
      fc.constantFrom("compute", "storage", "network", "licence", "moves", "own", "other"),
      fc.integer({ min: 0, max: 1e12 }),
      fc.array(charges, { maxLength: 4 }),
    ),
    { maxLength: 8 },
  )
  .map((components) =>
    modelOf(
      components.map(([category, fixedMicroPerMonth, some], index) => ({
        id: `c${index}`,
        name: `component ${index}`,
        category,
        fixedMicroPerMonth,
        charges: some,
      })),
    ),
  );

/** A large fleet's day at most. */
const DAY_MAX: Partial<Record<PriceUnit, number>> = { hour: 1e5, thousandRequests: 1e9, millionSpans: 1e12 };

const usage: fc.Arbitrary<Partial<Record<Driver, number>>> = fc
  .array(fc.tuple(fc.constantFrom(...DRIVERS), fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true }))), { maxLength: DRIVERS.length })
  .map((some) => Object.fromEntries(some.map(([driver, share]) => [driver, Math.floor(share * (DAY_MAX[DRIVER_UNIT[driver]] ?? 1e13))])));

/** Up to 40 days from somewhere in 2026, some of them missing. */
export const slices: fc.Arbitrary<UsageSlice[]> = fc
  .tuple(fc.integer({ min: 0, max: 300 }), fc.array(fc.option(usage), { minLength: 1, maxLength: 40 }))
  .map(([first, days]) =>
    days.flatMap((one, day) => {
      const fromMs = dayStartMs("2026-01-01") + (first + day) * DAY_MS;
      return one === null ? [] : [{ fromMs, untilMs: fromMs + DAY_MS, usage: one }];
    }),
  );
