import type { ByNumber } from "#domain/fleet/rollout/rolloutView.ts";
import type { Call } from "../context.ts";
import type { ByNumberInput } from "./rolloutInput.ts";
import { steerRollout } from "./steerRollout.ts";

export async function promoteRollout({ ctx, input }: Call<ByNumberInput>): Promise<ByNumber> {
  return steerRollout(ctx, "promote", input);
}
