import type { Problem } from "#domain/validation/problems.ts";
import { type AppErrorCode, toAppError } from "../errors/appError.ts";

/** Every kind of refusal: its HTTP status and its title. */
export const PROBLEMS = {
  malformed: { status: 400, title: "The request can't be read" },
  unauthenticated: { status: 401, title: "No valid token" },
  forbidden: { status: 403, title: "Not allowed" },
  "not-found": { status: 404, title: "Not there" },
  "method-not-allowed": { status: 405, title: "The method does not exist here" },
  conflict: { status: 409, title: "Something else is in the way" },
  "precondition-failed": { status: 412, title: "It was changed in the meantime" },
  "too-large": { status: 413, title: "The body is too large" },
  "unsupported-media-type": { status: 415, title: "The body is not JSON" },
  invalid: { status: 422, title: "A rule does not hold" },
  "precondition-required": { status: 428, title: "Say which version it builds on" },
  "too-many": { status: 429, title: "Too many" },
  internal: { status: 500, title: "Something went wrong" },
  unavailable: { status: 503, title: "Not possible at the moment" },
} as const;
export type ProblemKind = keyof typeof PROBLEMS;

const KIND_OF: Record<AppErrorCode, ProblemKind> = {
  UNAUTHENTICATED: "unauthenticated",
  FORBIDDEN: "forbidden",
  NOT_FOUND: "not-found",
  INVALID: "invalid",
  CONFLICT: "conflict",
  TOO_MANY: "too-many",
  UNAVAILABLE: "unavailable",
  INTERNAL: "internal",
};

type More = { errors?: Problem[]; headers?: Record<string, string>; current?: unknown };

/** A refusal as the API answers it. `current`: with a conflict, what stands on the server. */
export class ApiProblem extends Error {
  readonly kind: ProblemKind;
  readonly errors: Problem[];
  readonly headers: Record<string, string>;
  readonly current: unknown;

  constructor(kind: ProblemKind, detail: string, { errors = [], headers = {}, current }: More = {}) {
    super(detail);
    this.name = "ApiProblem";
    this.kind = kind;
    this.errors = errors;
    this.headers = headers;
    this.current = current;
  }
}

/** Whatever was thrown, as the API answers it. */
export function toApiProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  const known = toAppError(error);
  const kind = KIND_OF[known.code];
  return new ApiProblem(kind, known.message, { errors: known.problems, headers: headersOf(kind), current: known.conflict });
}

function headersOf(kind: ProblemKind): Record<string, string> {
  if (kind === "unauthenticated") return { "www-authenticate": 'Bearer realm="Headgate"' };
  if (kind === "unavailable") return { "retry-after": "5" };
  return {};
}

/** RFC 9457. `instance` names the request, so that it is found in the log and the audit. */
export function problemBody(problem: ApiProblem, requestId: string) {
  const { status, title } = PROBLEMS[problem.kind];
  return {
    type: `urn:headgate:problem:${problem.kind}`,
    title,
    status,
    detail: problem.message,
    instance: `urn:headgate:request:${requestId}`,
    errors: problem.errors,
    ...(problem.current !== undefined && { current: problem.current }),
  };
}
