import { AppError } from "../../errors/appError.ts";
import type { ServiceContext } from "../context.ts";

/** Who is signed in with which session; only people have any. */
export function ownSession({ actor }: ServiceContext): { personId: string; sessionId: string } {
  if (actor.kind !== "person") throw new AppError("UNAUTHENTICATED", "sign in first");
  return { personId: actor.id, sessionId: actor.sessionId };
}
