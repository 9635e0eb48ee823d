import { z } from "zod";
import { dayStartMs } from "./month.ts";
import { PRICE_UNITS } from "./usage.ts";

export const PRICES_MAX = 200;
const PERIODS_MAX = 60;
const NAME_MAX = 80;
/** A million units of currency for one of anything: whatever is dearer is a slip of the hand. */
const NANO_MAX = 1e15;

const id = z
  .string("must be an id such as gp3")
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, "must have 1 to 64 of a–z, 0–9, dot, dash and underscore, and begin with a letter or digit");
const text = (max: number) => z.string("must be a text").trim().max(max, `must have at most ${max} characters`);
const day = z
  .string("must be a day such as 2026-10-01")
  .refine((value) => /^\d{4}-\d{2}-\d{2}$/.test(value) && isDay(value), { error: "must be a day such as 2026-10-01" });
const currency = z.string("must be a currency such as USD").regex(/^[A-Z]{3}$/, "must be a currency of three capital letters, such as USD");
const nano = z
  .int("must be a price with at most nine decimals")
  .min(0, "must not be negative")
  .max(NANO_MAX, "must be at most 1,000,000 for one unit; is the unit right?");
const quantity = z.number("must be a number").min(0, "must not be negative").max(1e15, "must be at most 10^15");

function isDay(value: string): boolean {
  const ms = dayStartMs(value);
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(value);
}

/** Where a price is from, and as of when: shown beside every figure that it is in. */
const origin = {
  /** First day (UTC) that it holds; null: since ever. */
  from: day.nullable(),
  source: text(200),
  asOf: z.string().regex(/^(\d{4}(-\d{2}(-\d{2})?)?)?$/, "must be a year, a month or a day, such as 2026-04-24"),
};

const ratePeriod = z.strictObject({ ...origin, nano });
const storagePeriod = z.strictObject({
  ...origin,
  nanoPerGbMonth: nano,
  nanoPer1kPut: nano,
  nanoPer1kGet: nano,
  nanoPerGbRetrieved: nano,
});

const periodsOf = <P extends z.ZodType<{ from: string | null }>>(period: P) =>
  z
    .array(period, "must be a list of prices with the days they hold from")
    .min(1, "must have at least one price")
    .max(PERIODS_MAX, `must have at most ${PERIODS_MAX} prices`)
    .superRefine((periods, ctx) => {
      for (const [index, { from }] of periods.entries()) {
        const before = periods[index - 1]?.from;
        if (index === 0 && from !== null)
          ctx.addIssue({
            code: "custom",
            path: [0, "from"],
            message: "the first price holds since ever: leave its day empty, or nothing costs anything before it",
          });
        if (index > 0 && from === null)
          ctx.addIssue({ code: "custom", path: [index, "from"], message: "must be a day: only the first price holds since ever" });
        else if (index > 0 && before !== null && before !== undefined && from !== null && from <= before)
          ctx.addIssue({ code: "custom", path: [index, "from"], message: `must be after ${before}, from when the price before it holds` });
      }
    });

const common = {
  id,
  name: text(NAME_MAX).min(1, "must not be empty"),
  currency,
  /** Units a month that cost nothing. Over a part of a month that part of them. */
  freeUnits: quantity.default(0),
  /** Units a month that are paid for whether they are used or not, at the price in force on the month's last day. */
  committedUnits: quantity.default(0),
};

const rate = z.strictObject({
  kind: z.literal("rate"),
  ...common,
  unit: z.enum(PRICE_UNITS, "must be a unit that prices are for"),
  periods: periodsOf(ratePeriod),
});
const storageClass = z.strictObject({
  kind: z.literal("storageClass"),
  id,
  name: common.name,
  currency,
  periods: periodsOf(storagePeriod),
  /** What is deleted before is paid for as long as this. */
  minimumDays: z.int("must be a whole number of days").min(0, "must not be negative").max(3650, "must be at most 3650 days").default(0),
  /** Smaller objects are paid for as if they had this size. */
  minimumObjectBytes: z.int("must be a whole number of bytes").min(0, "must not be negative").max(1e9, "must be at most 10^9 bytes").default(0),
  overheadBytesPerObject: z.int("must be a whole number of bytes").min(0, "must not be negative").max(1e9, "must be at most 10^9 bytes").default(0),
});

const price = z.discriminatedUnion("kind", [rate, storageClass], "must be a rate or a storage class");
export type Price = z.infer<typeof price>;

const exchangeRate = z.strictObject({
  currency,
  /** Of the book's currency for one of this one, in millionths. */
  periods: periodsOf(
    z.strictObject({
      ...origin,
      micro: z.int("must be a rate with at most six decimals").min(1, "must be above 0").max(1e12, "must be at most 1,000,000"),
    }),
  ),
});

/** Prices with their sources, days and currencies. Bills are in `currency`; a price in another one needs its rate. */
export const priceBookSchema = z
  .strictObject({
    currency,
    exchangeRates: z.array(exchangeRate).max(40, "must have at most 40 currencies").default([]),
    prices: z.array(price, "must be a list of prices").max(PRICES_MAX, `must have at most ${PRICES_MAX} prices`),
  })
  .superRefine((book, ctx) => {
    const seen = new Set<string>();
    const rates = new Set([book.currency]);
    for (const [index, { currency: other }] of book.exchangeRates.entries()) {
      if (rates.has(other))
        ctx.addIssue({
          code: "custom",
          path: ["exchangeRates", index, "currency"],
          message: `${other} ${other === book.currency ? "is the book's own currency" : "has a rate already"}`,
        });
      rates.add(other);
    }
    for (const [index, one] of book.prices.entries()) {
      if (seen.has(one.id)) ctx.addIssue({ code: "custom", path: ["prices", index, "id"], message: `${one.id} is the id of another price` });
      seen.add(one.id);
      if (!rates.has(one.currency))
        ctx.addIssue({
          code: "custom",
          path: ["prices", index, "currency"],
          message: `there is no exchange rate from ${one.currency} to ${book.currency}; add one, or give the price in ${book.currency}`,
        });
    }
  });
export type PriceBook = z.infer<typeof priceBookSchema>;

/** The one of `periods` that holds at `ms`. Their days begin at midnight UTC. */
export function periodAt<P extends { from: string | null }>(periods: readonly P[], ms: number): P {
  let found = periods[0];
  for (const period of periods) if (period.from !== null && dayStartMs(period.from) <= ms) found = period;
  return found;
}

/** Of the book's currency for one of `currency` at `ms`, in millionths. */
export function exchangeMicro(book: PriceBook, currency: string, ms: number): number {
  if (currency === book.currency) return 1_000_000;
  const found = book.exchangeRates.find((one) => one.currency === currency);
  if (found === undefined) throw new RangeError(`there is no exchange rate from ${currency} to ${book.currency}`);
  return periodAt(found.periods, ms).micro;
}
