import { describe, expect, it } from "vitest";
import { parseOrProblems } from "../validation/problems.ts";
import { checkModel, costModelSchema } from "./costModel.ts";
import { bookOf, modelOf, ratePrice } from "./costTestData.ts";
import { exchangeMicro, periodAt, priceBookSchema } from "./priceBook.ts";
import { PRESET_BOOK } from "./pricePresets.ts";

const origin = { source: "list price", asOf: "2026-04-24" };
const periods = (...some: object[]) => some.map((one) => ({ ...origin, ...one }));

function problemsOf(book: object): string[] {
  const parsed = parseOrProblems(priceBookSchema, { currency: "USD", prices: [], ...book });
  return parsed.ok ? [] : parsed.problems.map(({ path, message }) => `${path}: ${message}`);
}

const priced = (more: object) => ({ prices: [{ ...ratePrice("gb", "gb", 1), ...more }] });

describe("a price book", () => {
  it("of the presets is one", () => {
    expect(priceBookSchema.parse(PRESET_BOOK)).toEqual(PRESET_BOOK);
    expect(PRESET_BOOK.prices.find(({ id }) => id === "aws-gp3")).toMatchObject({ unit: "gbMonth", periods: [{ nano: 80_000_000, asOf: "2026-04-24" }] });
    expect(PRESET_BOOK.prices.find(({ id }) => id === "aws-s3-deep-archive")).toMatchObject({ minimumDays: 180, periods: [{ nanoPerGbMonth: 990_000 }] });
  });

  it.each([
    ["a negative price", priced({ periods: periods({ from: null, nano: -1 }) }), "prices[0].periods[0].nano: must not be negative"],
    ["an absurd one", priced({ periods: periods({ from: null, nano: 2e15 }) }), "is the unit right?"],
    ["one that is missing", priced({ periods: periods({ from: null }) }), "prices[0].periods[0].nano: must be a price"],
    ["none at all", priced({ periods: [] }), "must have at least one price"],
    ["one that begins somewhen", priced({ periods: periods({ from: "2026-10-01", nano: 1 }) }), "or nothing costs anything before it"],
    [
      "days that go back",
      priced({ periods: periods({ from: null, nano: 1 }, { from: "2026-10-02", nano: 1 }, { from: "2026-10-01", nano: 2 }) }),
      "must be after 2026-10-02",
    ],
    ["a day that is none", priced({ periods: periods({ from: null, nano: 1 }, { from: "2026-02-30", nano: 1 }) }), "must be a day such as 2026-10-01"],
    ["a currency without a rate", priced({ currency: "EUR" }), "prices[0].currency: there is no exchange rate from EUR to USD"],
    ["the same id twice", { prices: [ratePrice("gb", "gb", 1), ratePrice("gb", "gb", 2)] }, "prices[1].id: gb is the id of another price"],
    ["a rate of its own currency", { exchangeRates: [{ currency: "USD", periods: periods({ from: null, micro: 1 }) }] }, "is the book's own currency"],
  ])("says what is wrong with %s, and where", (_, book, message) => {
    expect(problemsOf(book).join("\n")).toContain(message);
  });

  it("has one price at each moment, from midnight UTC of its day on", () => {
    const some = periods({ from: null, nano: 1 }, { from: "2026-10-11", nano: 2 }) as unknown as { from: string | null; nano: number }[];
    const at = (time: string) => periodAt(some, Date.parse(time)).nano;
    expect([at("1999-01-01T00:00:00Z"), at("2026-10-10T23:59:59.999Z"), at("2026-10-11T00:00:00Z"), at("2030-01-01T00:00:00Z")]).toEqual([1, 1, 2, 2]);
    expect(() => exchangeMicro(bookOf([]), "EUR", 0)).toThrow("no exchange rate from EUR to USD");
  });
});

describe("a cost model", () => {
  const book = bookOf([
    ratePrice("gb", "gb", 1),
    ratePrice("seat", "month", 1),
    {
      kind: "storageClass",
      id: "s3",
      name: "S3",
      currency: "USD",
      periods: periods({ from: null, nanoPerGbMonth: 1, nanoPer1kPut: 1, nanoPer1kGet: 1, nanoPerGbRetrieved: 1 }),
    },
  ]);
  const model = (...charges: object[]) => modelOf([{ id: "c", name: "c", category: "other", charges }]);

  it("goes together with a book that has its prices, in its units", () => {
    expect(
      checkModel(
        model(
          { by: "measured", driver: "bytesKept", priceId: "gb" },
          { by: "measured", driver: "byteHoursCold", priceId: "s3" },
          { by: "measured", driver: "putRequests", priceId: "s3" },
          { by: "stated", perMonth: 3, priceId: "seat" },
        ),
        book,
      ),
    ).toEqual([]);
  });

  it.each([
    [{ by: "measured", driver: "bytesKept", priceId: "none" }, "components[0].charges[0].priceId", "no price none"],
    [{ by: "measured", driver: "spansKept", priceId: "gb" }, "components[0].charges[0].priceId", "per millionSpans, and gb is a price per gb"],
    [{ by: "measured", driver: "bytesKept", priceId: "s3" }, "components[0].charges[0].driver", "is a storage class"],
    [{ by: "stated", perMonth: 1, priceId: "gb" }, "components[0].charges[0].priceId", "needs a price per month"],
  ])("says what does not go together: %o", (charge, path, message) => {
    expect(checkModel(model(charge), book)).toEqual([{ path, message: expect.stringContaining(message) }]);
  });

  it("refuses negative amounts and an id twice", () => {
    const component = { id: "c", name: "c", category: "other" };
    expect(costModelSchema.safeParse({ components: [{ ...component, fixedMicroPerMonth: -1 }] }).success).toBe(false);
    expect(costModelSchema.safeParse({ components: [component, component] }).error?.issues[0].message).toBe("c is the id of another component");
  });
});
