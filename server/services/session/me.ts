import type { Person, ServiceContext } from "../context.ts";

/** The one question that is answered without a session. */
export function me({ ctx }: { ctx: ServiceContext }): Person | null {
  const { actor } = ctx;
  if (actor.kind !== "person") return null;
  return { id: actor.id, name: actor.name, email: actor.email, role: actor.role };
}
