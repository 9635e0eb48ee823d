import { z } from "zod";

export const REDACT_KEYS_MAX = 100;
const KEY_LENGTH_MAX = 256;

/**
 * Attributes whose values are not recorded unless somebody decides otherwise: credentials, what people have typed or were sent, and who they are. Names are those of the semantic
 * conventions, older ones included. What policies commonly ask about (routes, paths, status codes, services, tenants) is not among them.
 */
export const REDACTED_BY_DEFAULT: readonly string[] = [
  // Credentials.
  "http.request.header.authorization",
  "http.request.header.proxy-authorization",
  "http.request.header.cookie",
  "http.request.header.x-api-key",
  "http.request.header.x-auth-token",
  "http.response.header.set-cookie",
  "rpc.request.metadata.authorization",
  "rpc.grpc.request.metadata.authorization",
  "process.command_args",
  "process.command_line",
  // Addresses with what follows the path: tokens and search words.
  "url.query",
  "url.full",
  "http.url",
  "http.target",
  // Statements with their literals.
  "db.query.text",
  "db.query.parameter.*",
  "db.operation.parameter.*",
  "db.statement",
  "graphql.document",
  // What was said to a model, and by it.
  "gen_ai.input.messages",
  "gen_ai.output.messages",
  "gen_ai.system_instructions",
  "gen_ai.prompt",
  "gen_ai.completion",
  "gen_ai.tool.call.arguments",
  "gen_ai.tool.call.result",
  // Messages of errors repeat what was wrong in them.
  "exception.message",
  "exception.stacktrace",
  // People.
  "enduser.*",
  "user.id",
  "user.name",
  "user.full_name",
  "user.email",
  "user.hash",
  "client.address",
  "http.client_ip",
  "http.request.header.x-forwarded-for",
];

/** Each is a key, or what keys begin with when it ends in `*`. */
export const redactSchema = z
  .array(
    z
      .string("must be an attribute's key")
      .max(KEY_LENGTH_MAX, `must have at most ${KEY_LENGTH_MAX} characters`)
      .regex(/^[^\s*][^*\n]*\*?$/, "must be an attribute's key such as user.id; only its last character may be a *"),
    "must be a list of attribute keys",
  )
  .max(REDACT_KEYS_MAX, `must have at most ${REDACT_KEYS_MAX} keys`)
  .superRefine((keys, ctx) => {
    for (const [at, key] of keys.entries()) {
      const first = keys.indexOf(key);
      if (first < at) ctx.addIssue({ code: "custom", path: [at], message: `${JSON.stringify(key)} stands there twice` });
    }
  });

/** Whether a list names this key. */
export function isRedacted(redact: readonly string[], key: string): boolean {
  return redact.some((one) => (one.endsWith("*") ? key.startsWith(one.slice(0, -1)) : one === key));
}

/** Whether everything that `wanted` redacts was redacted under `had`. */
export function coversRedaction(had: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((one) => {
    if (!one.endsWith("*")) return isRedacted(had, one);
    return had.some((other) => other.endsWith("*") && one.startsWith(other.slice(0, -1)));
  });
}
