import { type LivePrice, livePriceSchema } from "#domain/cost/livePrice.ts";
import { audit } from "../../db/audit.ts";
import { LIVE_PRICE_KEY, readLivePrice } from "../../db/livePriceSetting.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";

export async function setPrices({ ctx, input: untrusted }: Call<LivePrice>): Promise<LivePrice> {
  const caller = authorise(ctx, "setPrice");
  const price = parseInput(livePriceSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    const before = (await readLivePrice(tx)).price;
    await tx.setting.upsert({
      where: { key: LIVE_PRICE_KEY },
      create: { key: LIVE_PRICE_KEY, value: price, updatedBy: caller.name },
      update: { value: price, updatedBy: caller.name },
    });
    await audit(tx, { by: caller, action: "prices.set", entity: "prices", before, after: price });
    await notifyChange(tx, "prices");
    return price;
  });
}
