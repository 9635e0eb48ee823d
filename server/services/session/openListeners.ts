import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

/** What of the control plane other machines can reach without encryption: a sentence each, none on loopback. */
export function openListeners({ ctx }: { ctx: ServiceContext }): string[] {
  authorise(ctx, "look");
  return ctx.ports.openWithoutTls();
}
