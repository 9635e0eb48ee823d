import { mutate } from "./mutate.ts";
import type { Random } from "./random.ts";
import { generateRequest } from "./requestGenerator.ts";

/** A generated request, in two cases of three with changes. */
export function generateMaybeMutated(random: Random): Buffer {
  const request = generateRequest(random);
  return random(3) === 0 ? request : mutate(request, generateRequest(random), random);
}
