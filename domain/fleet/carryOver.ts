import { z } from "zod";

const count = z.int().min(0);

/** What became of the traces that waited for their decision when the policy changed. */
export const carryOverSchema = z.strictObject({
  /** Wait on, to be decided under the version that they arrived with. */
  tracesCarriedOver: count,
  spansCarriedOver: count,
  /** Decided at once, because the new bounds or the number of versions in use left no room. */
  tracesDecidedEarly: count,
  spansDecidedEarly: count,
  /** Spans that waited before and are now in none of both: 0, as counted. */
  spansLost: count,
});
export type CarryOver = z.infer<typeof carryOverSchema>;
