import type { ServerResponse } from "node:http";
import { toAppError } from "../errors/appError.ts";
import { sendJson } from "./httpServer.ts";

const HTTP_CODES = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  INVALID: 400,
  CONFLICT: 409,
  TOO_MANY: 429,
  UNAVAILABLE: 503,
  INTERNAL: 500,
} as const;

/** Answers with the status of what was thrown; what was not foreseen is thrown on. */
export function answerError(error: unknown, res: ServerResponse): void {
  const { code, message, problems } = toAppError(error);
  if (code === "INTERNAL") throw error;
  if (code === "UNAUTHENTICATED") res.setHeader("www-authenticate", 'Bearer realm="Headgate"');
  sendJson(res, HTTP_CODES[code], { message, problems });
}
