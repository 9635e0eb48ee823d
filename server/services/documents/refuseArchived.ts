import type { Document } from "../../db/documentRows.ts";
import { AppError } from "../../errors/appError.ts";

/** What is archived is neither changed nor applied. */
export function refuseArchived({ name, archivedAtMs }: Pick<Document, "name" | "archivedAtMs">): void {
  if (archivedAtMs !== null) throw new AppError("CONFLICT", `${name} is archived; restore it first`);
}
