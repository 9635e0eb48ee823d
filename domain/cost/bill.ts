import type { Category, Charge, CostComponent, CostModel } from "./costModel.ts";
import { NANO_PER_MICRO, roundMicro, sumMicro } from "./money.ts";
import { DAY_MS, HOUR_MS, splitByMonth } from "./month.ts";
import { exchangeMicro, type Price, type PriceBook, periodAt } from "./priceBook.ts";
import { countedPerUnit, DRIVER_UNIT, type Driver, type PriceUnit, type UsageSlice } from "./usage.ts";

/** Units at one price: `micro` = units × nano ÷ 1000 × exchange, rounded once. */
export type PricedPart = {
  fromMs: number;
  untilMs: number;
  /** What was measured, in the units that it is counted in; and in the units that the price is for, without what was free. */
  counted: number;
  units: number;
  freeUnits: number;
  nano: number;
  exchangeMicro: number;
  source: string;
  asOf: string;
  micro: number;
};

export type BillCharge = {
  /** Null of a stated number. */
  driver: Driver | null;
  priceId: string;
  priceName: string;
  currency: string;
  unit: PriceUnit;
  times: number;
  parts: PricedPart[];
  /** Units that were committed to and not used, and what they cost. */
  unusedUnits: number;
  unusedMicro: number;
  micro: number;
  /** Time of the range in which the driver was not measured: nothing is charged for it, and nothing guessed. */
  missingMs: number;
};

export type BillLine = {
  componentId: string;
  name: string;
  category: Category;
  fixedMicroPerMonth: number;
  fixedMicro: number;
  charges: BillCharge[];
  micro: number;
};

export type Bill = {
  currency: string;
  fromMs: number;
  untilMs: number;
  lines: BillLine[];
  micro: number;
  /** The longest time for which some driver that the model charges was not measured. */
  missingMs: number;
};

export type BillInput = {
  book: PriceBook;
  model: CostModel;
  /** Unix milliseconds; fixed amounts and free units of a month are taken for the share of it that lies in between. */
  fromMs: number;
  untilMs: number;
  slices: readonly UsageSlice[];
};

/**
 * What the measured usage costs: for each component its fixed part and its charges. An amount is rounded once for each price that was in force, to whole micro-units;
 * everything above is their sum, so parts always add up to the whole. The model has been checked against the book (`checkModel`); throws RangeError where it can't be
 * priced, or an amount can't be kept exactly.
 */
export function computeBill(input: BillInput): Bill {
  const { model, book, fromMs, untilMs } = input;
  const slices = [...input.slices].sort((a, b) => a.fromMs - b.fromMs);
  const months = splitByMonth(fromMs, untilMs);
  const lines = model.components.map((component) => lineOf(component, { ...input, slices }, months));
  return {
    currency: book.currency,
    fromMs,
    untilMs,
    lines,
    micro: sumMicro(lines.map(({ micro }) => micro)),
    missingMs: Math.max(0, ...lines.flatMap(({ charges }) => charges.map(({ missingMs }) => missingMs))),
  };
}

type Months = ReturnType<typeof splitByMonth>;

function lineOf(component: CostComponent, input: BillInput, months: Months): BillLine {
  const { id: componentId, name, category, fixedMicroPerMonth } = component;
  const fixedMicro = sumMicro(months.map((piece) => roundMicro(fixedMicroPerMonth * shareOfMonth(piece))));
  const charges = component.charges.map((charge) => chargeOf(charge, input, months));
  return { componentId, name, category, fixedMicroPerMonth, fixedMicro, charges, micro: sumMicro([fixedMicro, ...charges.map(({ micro }) => micro)]) };
}

function chargeOf(charge: Charge, input: BillInput, months: Months): BillCharge {
  const { book } = input;
  const price = book.prices.find(({ id }) => id === charge.priceId);
  if (price === undefined) throw new RangeError(`there is no price ${charge.priceId} in the price book`);
  const driver = charge.by === "measured" ? charge.driver : null;
  const unit = driver === null ? "month" : DRIVER_UNIT[driver];
  const times = charge.by === "measured" ? charge.times : 1;
  const found = months.map((piece) => chargeOfMonth(charge, price, unit, times, input, piece));
  const parts = found.flatMap((one) => one.parts);
  const unusedMicro = sumMicro(found.map((one) => one.unusedMicro));
  return {
    ...{ driver, priceId: price.id, priceName: price.name, currency: price.currency, unit, times, parts, unusedMicro },
    unusedUnits: found.reduce((sum, one) => sum + one.unusedUnits, 0),
    micro: sumMicro([...parts.map(({ micro }) => micro), unusedMicro]),
    missingMs: found.reduce((sum, one) => sum + one.missingMs, 0),
  };
}

/** Days run through in order, so that what is free is used up first come, first served. */
function chargeOfMonth(charge: Charge, price: Price, unit: PriceUnit, times: number, { book, slices }: BillInput, piece: Months[number]) {
  const share = shareOfMonth(piece);
  const perUnit = countedPerUnit(unit, piece.month.hours);
  const parts: PricedPart[] = [];
  let free = price.kind === "rate" ? price.freeUnits * share : 0;
  let usedUnits = 0;
  const add = (fromMs: number, untilMs: number, counted: number) => {
    const { nano, source, asOf } = termsOf(price, charge, fromMs);
    const exchange = exchangeMicro(book, price.currency, fromMs);
    const units = (counted * times) / perUnit;
    const freeUnits = Math.min(free, units);
    free -= freeUnits;
    usedUnits += units;
    const last = parts.at(-1);
    if (last !== undefined && last.nano === nano && last.exchangeMicro === exchange && last.source === source && last.asOf === asOf) {
      last.untilMs = untilMs;
      last.counted += counted;
      last.units += units - freeUnits;
      last.freeUnits += freeUnits;
    } else parts.push({ fromMs, untilMs, counted, units: units - freeUnits, freeUnits, nano, exchangeMicro: exchange, source, asOf, micro: 0 });
  };
  let measuredMs = 0;
  if (charge.by === "stated") {
    // Prices change at midnight at the earliest.
    for (let at = piece.fromMs; at < piece.untilMs; ) {
      const end = Math.min(piece.untilMs, Math.floor(at / DAY_MS) * DAY_MS + DAY_MS);
      add(at, end, (charge.perMonth * (end - at)) / HOUR_MS);
      at = end;
    }
    measuredMs = piece.untilMs - piece.fromMs;
  } else {
    for (const slice of slices) {
      const fromMs = Math.max(slice.fromMs, piece.fromMs);
      const untilMs = Math.min(slice.untilMs, piece.untilMs);
      const counted = slice.usage[charge.driver];
      if (untilMs <= fromMs || counted === undefined) continue;
      measuredMs += untilMs - fromMs;
      add(fromMs, untilMs, (counted * (untilMs - fromMs)) / (slice.untilMs - slice.fromMs));
    }
  }
  for (const part of parts) part.micro = amountOf(part.units, part.nano, part.exchangeMicro);
  const committed = price.kind === "rate" ? price.committedUnits * share : 0;
  const unusedUnits = Math.max(0, committed - usedUnits);
  const atEnd = piece.untilMs - 1;
  return {
    parts,
    unusedUnits,
    unusedMicro: amountOf(unusedUnits, termsOf(price, charge, atEnd).nano, exchangeMicro(book, price.currency, atEnd)),
    missingMs: piece.untilMs - piece.fromMs - measuredMs,
  };
}

function amountOf(units: number, nano: number, exchange: number): number {
  return roundMicro(((units * nano) / NANO_PER_MICRO) * (exchange / 1e6));
}

function termsOf(price: Price, charge: Charge, ms: number): { nano: number; source: string; asOf: string } {
  if (price.kind === "rate") return periodAt(price.periods, ms);
  const terms = periodAt(price.periods, ms);
  const { source, asOf } = terms;
  switch (charge.by === "measured" ? charge.driver : null) {
    case "byteHoursHot":
    case "byteHoursWarm":
    case "byteHoursCold":
      return { nano: terms.nanoPerGbMonth, source, asOf };
    case "putRequests":
      return { nano: terms.nanoPer1kPut, source, asOf };
    case "getRequests":
      return { nano: terms.nanoPer1kGet, source, asOf };
    case "bytesRetrieved":
      return { nano: terms.nanoPerGbRetrieved, source, asOf };
    default:
      throw new RangeError(`${price.name} is a storage class, which is paid for by what is held, requests and retrieval`);
  }
}

function shareOfMonth({ fromMs, untilMs, month }: Months[number]): number {
  return (untilMs - fromMs) / (month.untilMs - month.fromMs);
}
