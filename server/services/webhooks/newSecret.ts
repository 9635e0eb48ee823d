import type { Ports } from "../context.ts";

/** `whsec_` and base64, as Standard Webhooks has it; 256 bits. */
export function newSecret({ newToken }: Pick<Ports, "newToken">): string {
  return `whsec_${Buffer.from(newToken(), "base64url").toString("base64")}`;
}
