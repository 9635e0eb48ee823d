import { TRPCError } from "@trpc/server";
import { type AppErrorCode, toAppError } from "../errors/appError.ts";

const CODES = {
  UNAUTHENTICATED: "UNAUTHORIZED",
  FORBIDDEN: "FORBIDDEN",
  NOT_FOUND: "NOT_FOUND",
  INVALID: "BAD_REQUEST",
  CONFLICT: "CONFLICT",
  TOO_MANY: "TOO_MANY_REQUESTS",
  UNAVAILABLE: "SERVICE_UNAVAILABLE",
  INTERNAL: "INTERNAL_SERVER_ERROR",
} as const satisfies Record<AppErrorCode, TRPCError["code"]>;

/** The one mapper from our errors to tRPC's. */
export function toTrpcError(error: unknown): TRPCError {
  const known = toAppError(error);
  return new TRPCError({ code: CODES[known.code], message: known.message, cause: known });
}
