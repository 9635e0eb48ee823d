import type { Call } from "../context.ts";
import { type ByVersionInput, byVersionSchema } from "../documents/documentInput.ts";
import type { VersionView } from "../documents/documentKind.ts";
import { getVersion } from "../documents/getVersion.ts";
import { parseInput } from "../parseInput.ts";
import type { DestinationBody } from "./destinationBody.ts";
import { destinationKind } from "./destinationKind.ts";

export async function getDestinationVersion({ ctx, input }: Call<ByVersionInput>): Promise<VersionView<DestinationBody>> {
  const { id, number } = parseInput(byVersionSchema, input);
  return getVersion(ctx, destinationKind, id, number);
}
