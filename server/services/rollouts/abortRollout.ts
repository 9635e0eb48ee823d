import type { ByNumber } from "#domain/fleet/rollout/rolloutView.ts";
import type { Call } from "../context.ts";
import type { WithMessageInput } from "./rolloutInput.ts";
import { steerRollout } from "./steerRollout.ts";

export async function abortRollout({ ctx, input }: Call<WithMessageInput>): Promise<ByNumber> {
  return steerRollout(ctx, "abort", input);
}
