/** What went wrong, for whoever has to act on it: `code` for programs, `message` says what was wrong, where, and what to do. */
export class AppError extends Error {
  readonly code: AppErrorCode;

  constructor(code: AppErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "AppError";
    this.code = code;
  }
}

/**
 * `usage`: the command line, environment or configuration; `listen`: a port; `dataFolder`: files on disk; `fleet`: the control plane; `export`: a backend;
 * `busy`: what can't be done at this moment.
 */
export type AppErrorCode = "usage" | "listen" | "dataFolder" | "fleet" | "export" | "busy";

/** The text of anything that was thrown; an AggregateError (several addresses tried) shows its first cause. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
