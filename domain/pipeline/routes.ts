import { z } from "zod";
import { exportSettingsSchema } from "./exportSettings.ts";

export const ROUTES_MAX = 8;
export const DEFAULT_DESTINATION = "default";
export const ROUTE_NAME = /^[a-z0-9][a-z0-9_-]{0,39}$/;

const route = z.strictObject({
  name: z
    .string("must be a name such as errors")
    .regex(ROUTE_NAME, "must be 1 to 40 of a-z, 0-9, - and _, beginning with a letter or digit")
    .refine((name) => name !== DEFAULT_DESTINATION, 'must not be "default"; that is where everything goes that no route names')
    .describe("Names the destination in metrics, on pages and on disk."),
  tiers: z
    .array(z.string("must be the name of a tier"), "must be a list of tier names")
    .min(1, "must name at least one tier")
    .max(64, "must name at most 64 tiers")
    .describe("Tiers of the sampling policy whose kept spans go here and nowhere else."),
  export: exportSettingsSchema.describe("As the configuration's own `export`."),
});
export type Route = z.infer<typeof route>;

/** Where the kept spans of some tiers go instead of `export`. Each route has a queue, a breaker and a write-ahead log of its own. */
export const routesSchema = z
  .array(route, "must be a list of routes")
  .max(ROUTES_MAX, `must have at most ${ROUTES_MAX} routes`)
  .superRefine((routes, ctx) => {
    const names = new Map<string, number>();
    const tiers = new Map<string, number>();
    for (const [at, route] of routes.entries()) {
      const say = (path: PropertyKey[], message: string) => ctx.addIssue({ code: "custom", path: [at, ...path], message });
      const named = names.get(route.name);
      if (named !== undefined) say(["name"], `${JSON.stringify(route.name)} is already the name of routes[${named}]`);
      names.set(route.name, at);
      for (const [i, tier] of route.tiers.entries()) {
        const taken = tiers.get(tier);
        if (taken !== undefined) say(["tiers", i], `${JSON.stringify(tier)} already goes to routes[${taken}]`);
        tiers.set(tier, at);
      }
      if (route.export.kind === "archive") say(["export", "kind"], "only `export` itself can be the archive");
    }
  })
  .optional();
