import { z } from "zod";
import type { PriceBook } from "./priceBook.ts";
import { DRIVER_UNIT, DRIVERS, type Driver } from "./usage.ts";

export const COMPONENTS_MAX = 60;
const CHARGES_MAX = 12;

/** `own`: what sampling and tiering cost themselves; it is not in the bill without them. */
export const CATEGORIES = ["compute", "storage", "network", "licence", "moves", "own", "other"] as const;
export type Category = (typeof CATEGORIES)[number];

const quantity = z.number("must be a number").min(0, "must not be negative").max(1e12, "must be at most 10^12");

const charge = z.discriminatedUnion(
  "by",
  [
    /** By what was measured, `times` over: 3 where everything is stored three times. */
    z.strictObject({
      by: z.literal("measured"),
      driver: z.enum(DRIVERS, "must be something that is measured"),
      priceId: z.string("must be the id of a price"),
      times: quantity.default(1),
    }),
    /** By a number that somebody states: seats, hosts of a backend, licences. */
    z.strictObject({ by: z.literal("stated"), perMonth: quantity, priceId: z.string("must be the id of a price") }),
  ],
  "must be by something measured or by a stated number",
);
export type Charge = z.infer<typeof charge>;

const component = z.strictObject({
  id: z
    .string("must be an id such as compute")
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, "must have 1 to 64 of a–z, 0–9, dot, dash and underscore, and begin with a letter or digit"),
  name: z.string("must be a text").trim().min(1, "must not be empty").max(80, "must have at most 80 characters"),
  category: z.enum(CATEGORIES, `must be one of ${CATEGORIES.join(", ")}`),
  fixedMicroPerMonth: z
    .int("must be an amount with at most six decimals")
    .min(0, "must not be negative")
    .max(1e15, "must be at most 1,000,000,000 a month")
    .default(0),
  charges: z.array(charge, "must be a list of charges").max(CHARGES_MAX, `must have at most ${CHARGES_MAX} charges`).default([]),
});
export type CostComponent = z.infer<typeof component>;

/** A cost of a month = fixed + what is charged by drivers, component by component. Fixed amounts are in the price book's currency. */
export const costModelSchema = z
  .strictObject({
    components: z.array(component, "must be a list of components").max(COMPONENTS_MAX, `must have at most ${COMPONENTS_MAX} components`),
    /** How costs that belong to nobody in particular are shared out: by what was kept, what was received, or alike. */
    sharedBy: z.enum(["bytesKept", "bytesReceived", "spansKept", "equally"], "must be bytesKept, bytesReceived, spansKept or equally").default("bytesKept"),
  })
  .superRefine(({ components }, ctx) => {
    const seen = new Set<string>();
    for (const [index, one] of components.entries()) {
      if (seen.has(one.id)) ctx.addIssue({ code: "custom", path: ["components", index, "id"], message: `${one.id} is the id of another component` });
      seen.add(one.id);
    }
  });
export type CostModel = z.infer<typeof costModelSchema>;

export type ModelProblem = { path: string; message: string };

/** What of a model does not go together with a price book; where there is anything, no bill can be computed. */
export function checkModel(model: CostModel, book: PriceBook): ModelProblem[] {
  return model.components.flatMap(({ charges }, at) =>
    charges.flatMap((one, index): ModelProblem[] => {
      const path = `components[${at}].charges[${index}]`;
      const price = book.prices.find(({ id }) => id === one.priceId);
      if (price === undefined) return [{ path: `${path}.priceId`, message: `there is no price ${one.priceId} in the price book` }];
      if (one.by === "stated") {
        if (price.kind === "rate" && price.unit === "month") return [];
        return [{ path: `${path}.priceId`, message: `a stated number needs a price per month, and ${price.name} is none` }];
      }
      if (price.kind === "storageClass") {
        if (STORAGE_DRIVERS.includes(one.driver)) return [];
        return [{ path: `${path}.driver`, message: `${price.name} is a storage class, which is paid for by what is held, requests and retrieval` }];
      }
      const unit = DRIVER_UNIT[one.driver];
      return price.unit === unit
        ? []
        : [{ path: `${path}.priceId`, message: `${one.driver} is charged per ${unit}, and ${price.name} is a price per ${price.unit}` }];
    }),
  );
}

const STORAGE_DRIVERS: readonly Driver[] = ["byteHoursHot", "byteHoursWarm", "byteHoursCold", "putRequests", "getRequests", "bytesRetrieved"];
