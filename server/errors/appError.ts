import type { Problem } from "#domain/validation/problems.ts";
import { isDatabaseDown, isUniqueViolation } from "./databaseErrors.ts";

export type AppErrorCode = "UNAUTHENTICATED" | "FORBIDDEN" | "NOT_FOUND" | "INVALID" | "CONFLICT" | "TOO_MANY" | "UNAVAILABLE" | "INTERNAL";

/** The one error of the control plane. The message says what was wrong, where, and what to do; `problems` name the fields. */
export class AppError extends Error {
  readonly code: AppErrorCode;
  readonly problems: Problem[] | undefined;
  /** With CONFLICT: what stands in the way, so that the page can show both sides. */
  readonly conflict: unknown;

  constructor(code: AppErrorCode, message: string, more: { cause?: unknown; problems?: Problem[]; conflict?: unknown } = {}) {
    super(message, { cause: more.cause });
    this.name = "AppError";
    this.code = code;
    this.problems = more.problems;
    this.conflict = more.conflict;
  }
}

/** Whatever was thrown, as an AppError. What isn't known becomes INTERNAL with a message that gives nothing away. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isDatabaseDown(error))
    return new AppError("UNAVAILABLE", "the database can't be reached; collectors and live data go on, saving does not. Try again in a moment", {
      cause: error,
    });
  if (isUniqueViolation(error)) return new AppError("CONFLICT", "something with that name is already there", { cause: error });
  return new AppError("INTERNAL", "something went wrong on the server; its log says what", { cause: error });
}
