import { status } from "@grpc/grpc-js";
import { type AppErrorCode, toAppError } from "../errors/appError.ts";

const CODES: Record<AppErrorCode, status> = {
  UNAUTHENTICATED: status.UNAUTHENTICATED,
  FORBIDDEN: status.PERMISSION_DENIED,
  NOT_FOUND: status.NOT_FOUND,
  INVALID: status.INVALID_ARGUMENT,
  CONFLICT: status.ABORTED,
  TOO_MANY: status.RESOURCE_EXHAUSTED,
  UNAVAILABLE: status.UNAVAILABLE,
  INTERNAL: status.INTERNAL,
};

/** The one mapper from our errors to gRPC answers. */
export function toStatus(error: unknown): { code: status; details: string } {
  const { code, message } = toAppError(error);
  return { code: CODES[code], details: message };
}
