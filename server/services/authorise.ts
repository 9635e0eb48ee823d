import { type Role, roleAllows } from "#domain/auth/role.ts";
import { AppError } from "../errors/appError.ts";
import type { ServiceContext } from "./context.ts";

export type Caller = { id: string | null; name: string };

/** The first line of every service: who calls, provided that they may. The control plane itself may do everything. */
export function authorise(ctx: ServiceContext, needed: Role): Caller {
  const { actor } = ctx;
  if (actor.kind === "system") return { id: null, name: actor.name };
  if (actor.kind === "nobody") throw new AppError("UNAUTHENTICATED", "sign in first");
  if (!roleAllows(actor.role, needed))
    throw new AppError("FORBIDDEN", `this needs the role ${needed}; yours is ${actor.role}. An admin can change it under Settings`);
  return { id: actor.id, name: actor.name };
}
