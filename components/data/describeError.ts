import { TRPCClientError } from "@trpc/client";
import type { Problem } from "#domain/validation/problems.ts";
import { isRecord } from "./isRecord.ts";

export type DescribedError = {
  /** `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `INVALID`, `CONFLICT`, `TOO_MANY`, `UNAVAILABLE`, `INTERNAL`; `NETWORK` when no answer came. */
  code: string;
  /** What was wrong, in words for people. */
  message: string;
  /** Input problems by path, empty when there are none. */
  problems: Problem[];
  /** What the server says about a document that somebody else saved meanwhile. */
  conflict: unknown;
  /** Trying again may help without changing anything. */
  temporary: boolean;
};

/** One reading of whatever a query, a mutation or a fetch threw. */
export function describeError(error: unknown): DescribedError {
  if (!(error instanceof TRPCClientError)) {
    return { code: "UNKNOWN", message: error instanceof Error ? error.message : String(error), problems: [], conflict: undefined, temporary: false };
  }
  const data: Record<string, unknown> = isRecord(error.data) ? error.data : {};
  if (error.data === undefined || error.data === null) {
    return {
      code: "NETWORK",
      message: "The server did not answer. It may be restarting, or this computer is offline.",
      problems: [],
      conflict: undefined,
      temporary: true,
    };
  }
  const code = typeof data.appCode === "string" ? data.appCode : typeof data.code === "string" ? data.code : "UNKNOWN";
  const status = typeof data.httpStatus === "number" ? data.httpStatus : 500;
  return {
    code: code === "UNAUTHORIZED" ? "UNAUTHENTICATED" : code,
    message: error.message,
    problems: readProblems(data.problems),
    conflict: data.conflict,
    temporary: status >= 500 || status === 429,
  };
}

function readProblems(value: unknown): Problem[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((item: unknown) =>
    isRecord(item) && typeof item.path === "string" && typeof item.message === "string" ? [{ path: item.path, message: item.message }] : [],
  );
}
