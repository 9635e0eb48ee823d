/**
 * What is measured and can be paid for, in the units that it is counted in. Sizes are uncompressed OTLP bytes unless said otherwise; `byteHours` are bytes times the
 * hours that they were held.
 */
export const DRIVERS = [
  "spansReceived",
  "spansKept",
  "bytesReceived",
  "bytesKept",
  "bytesOut",
  "byteHoursHot",
  "byteHoursWarm",
  "byteHoursCold",
  "putRequests",
  "getRequests",
  "bytesRetrieved",
  "collectorHours",
] as const;
export type Driver = (typeof DRIVERS)[number];

/** What a price is for one of. A GB is 10⁹ bytes. */
export const PRICE_UNITS = ["millionSpans", "gb", "gbMonth", "thousandRequests", "hour", "month"] as const;
export type PriceUnit = (typeof PRICE_UNITS)[number];

export const DRIVER_UNIT: Record<Driver, PriceUnit> = {
  spansReceived: "millionSpans",
  spansKept: "millionSpans",
  bytesReceived: "gb",
  bytesKept: "gb",
  bytesOut: "gb",
  byteHoursHot: "gbMonth",
  byteHoursWarm: "gbMonth",
  byteHoursCold: "gbMonth",
  putRequests: "thousandRequests",
  getRequests: "thousandRequests",
  bytesRetrieved: "gb",
  collectorHours: "hour",
};

/** How many of what is counted make one priced unit. A month of storage has the hours of the month in question, as object stores bill it. */
export function countedPerUnit(unit: PriceUnit, monthHours: number): number {
  switch (unit) {
    case "millionSpans":
      return 1e6;
    case "gb":
      return 1e9;
    case "gbMonth":
      return 1e9 * monthHours;
    case "thousandRequests":
      return 1000;
    case "hour":
      return 1;
    case "month":
      return monthHours;
  }
}

/** Measured over [fromMs, untilMs), Unix milliseconds, within one UTC day. A driver that is absent was not measured there: a gap, never a zero. */
export type UsageSlice = { fromMs: number; untilMs: number; usage: Partial<Record<Driver, number>> };
