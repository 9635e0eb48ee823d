import type { ActingToken, Person, ServiceContext } from "../context.ts";

/** `token`: the one that asks in the person's name; null for a session. */
export type Me = Person & { token: ActingToken | null };

/** The one question that is answered without a session. */
export function me({ ctx }: { ctx: ServiceContext }): Me | null {
  const { actor } = ctx;
  if (actor.kind !== "person" && actor.kind !== "token") return null;
  const { id, name, email, role, grants } = actor;
  return { id, name, email, role, grants, token: actor.kind === "token" ? actor.token : null };
}
