import type { LivePrice } from "#domain/cost/livePrice.ts";
import { getPrices } from "../../services/prices/getPrices.ts";
import { setPrices } from "../../services/prices/setPrices.ts";
import { procedure, router, untrusted } from "../trpc.ts";

export const pricesRouter = router({
  get: procedure.query(({ ctx }) => getPrices({ ctx })),
  set: procedure.input(untrusted<LivePrice>()).mutation(({ ctx, input }) => setPrices({ ctx, input })),
});
