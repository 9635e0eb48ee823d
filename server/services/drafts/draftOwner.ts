import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

/** Whose drafts are meant. Only people have drafts. */
export function draftOwner(ctx: ServiceContext): string {
  const { id } = authorise(ctx, "ownDrafts");
  if (id === null) throw new AppError("FORBIDDEN", "only a person who is signed in has drafts");
  return id;
}
