import { type BreakGlassEstimate, breakGlassInWords } from "#domain/fleet/breakGlass.ts";
import { selects } from "../../db/breakGlassRows.ts";
import { readLivePrice } from "../../db/livePriceSetting.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { type PreviewBreakGlassInput, previewBreakGlassSchema } from "./breakGlassInput.ts";
import { estimateBreakGlass } from "./estimateBreakGlass.ts";

export type BreakGlassPreview = { what: string; estimate: BreakGlassEstimate; collectors: number };

/** What it would cost, and how many connected collectors it would reach. Changes nothing. */
export async function previewBreakGlass({ ctx, input: untrusted }: Call<PreviewBreakGlassInput>): Promise<BreakGlassPreview> {
  authorise(ctx, "look");
  const wanted = parseInput(previewBreakGlassSchema, untrusted);
  const { price } = await readLivePrice(ctx.db);
  const { live } = ctx.ports;
  const collectors = live.rows().filter(({ state, labels }) => state !== "offline" && selects(wanted.selector, labels)).length;
  return { what: breakGlassInWords(wanted.condition, wanted.selector), estimate: estimateBreakGlass(live, wanted, price.microUsdPerGbKept), collectors };
}
