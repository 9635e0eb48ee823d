import { z } from "zod";
import { OPERATIONS } from "#domain/auth/scopes.ts";
import { PROBLEMS } from "./apiProblem.ts";
import type { ApiRoute } from "./apiRoute.ts";
import { API_ROUTES } from "./apiRoutes.ts";
import { namedSchemas, toJsonSchema } from "./namedSchemas.ts";
import { problemAnswer } from "./schemas/problemSchema.ts";

type Json = Record<string, unknown>;

const DESCRIPTION = `Everything that the pages do with policies, pipeline settings, destinations, rollouts, comparisons, collectors and the audit, for programs.

Send a token in every request: \`Authorization: Bearer hg_…\`. Cookies are not looked at. Times are milliseconds since 1970, units stand at the end of names.
Lists come in pages of \`limit\`: go on with \`cursor\`, or follow the header \`Link\`, until \`nextCursor\` is null. A refusal is a problem document (RFC 9457) whose
\`errors\` name the fields. Each answer carries \`X-Request-Id\`: the one that you sent, or a new one; the audit and the server's log have it too.`;

/** OpenAPI 3.1, made from the same table that requests are answered by. */
export function openApiDocument(): Json {
  const paths: Record<string, Json> = {};
  for (const route of API_ROUTES) {
    paths[route.path] ??= {};
    paths[route.path][route.method.toLowerCase()] = operation(route);
  }
  return {
    openapi: "3.1.0",
    info: { title: "Headgate", version: "1", description: DESCRIPTION },
    servers: [{ url: "/api/v1" }],
    security: [{ token: [] }],
    tags: [...new Set(API_ROUTES.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer", description: "An API token, made under Settings." } },
      headers: {
        "X-Request-Id": { description: "The request's number, as the audit and the log have it.", required: true, schema: { type: "string" } },
        ETag: { description: "Changes with the answer; of a document it begins with the version.", required: true, schema: { type: "string" } },
      },
      schemas: { ...namedSchemas(), Problem: toJsonSchema(problemAnswer, "output") },
    },
  };
}

function operation(route: ApiRoute): Json {
  const { id, tag, summary, description, operation: what, body } = route;
  const { scope, role } = OPERATIONS[what];
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: [description, `Needs the scope \`${scope}\`, and the role ${role} of the token's owner.`].filter(Boolean).join(" "),
    "x-scope": scope,
    parameters: parametersOf(route),
    ...(body && { requestBody: { required: true, content: { "application/json": { schema: toJsonSchema(body, "input") } } } }),
    responses: { ...successOf(route), ...problemsOf(route) },
  };
}

function parametersOf({ params, query, problems = [] }: ApiRoute): Json[] {
  return [
    ...fieldsOf(params).map(({ name, schema }) => ({ name, in: "path", required: true, schema })),
    ...fieldsOf(query).map(({ name, schema: { description, ...schema }, required }) => ({
      name,
      in: "query",
      required,
      schema,
      ...(description !== undefined && { description }),
    })),
    ...(problems.includes(412)
      ? [{ name: "If-Match", in: "header", required: false, schema: { type: "string" }, description: "The document's entity tag." }]
      : []),
  ];
}

function fieldsOf(schema: z.ZodType | undefined): { name: string; schema: Json; required: boolean }[] {
  if (schema === undefined) return [];
  if (!(schema instanceof z.ZodObject)) throw new Error("parameters are described by an object");
  const { properties = {}, required = [] } = toJsonSchema(schema, "output") as { properties?: Record<string, Json>; required?: string[] };
  return Object.entries(properties).map(([name, field]) => ({ name, schema: field, required: required.includes(name) && field.default === undefined }));
}

function successOf({ method, status = 200, answer, summary }: ApiRoute): Json {
  const requestId = { "X-Request-Id": { $ref: "#/components/headers/X-Request-Id" } };
  if (answer === "text/csv") return { 200: { description: summary, headers: requestId, content: { "text/csv": { schema: { type: "string" } } } } };
  const headers = {
    ...requestId,
    ...(method === "GET" && { ETag: { $ref: "#/components/headers/ETag" } }),
    ...(status === 201 && { Location: { description: "Where it is.", required: true, schema: { type: "string" } } }),
  };
  const made = { description: summary, headers, content: { "application/json": { schema: toJsonSchema(answer as z.ZodType, "output") } } };
  return { [status]: made, ...(method === "GET" && { 304: { description: "As `If-None-Match` says; nothing changed.", headers: requestId } }) };
}

function problemsOf({ body, problems = [] }: ApiRoute): Json {
  const statuses = new Set<number>([400, 401, 403, 422, 429, 500, 503, ...problems]);
  if (body) for (const status of [413, 415]) statuses.add(status);
  const titleOf = new Map<number, string>(Object.values(PROBLEMS).map(({ status, title }) => [status, title]));
  return Object.fromEntries(
    [...statuses].sort().map((status) => [
      status,
      {
        description: titleOf.get(status) ?? "",
        headers: { "X-Request-Id": { $ref: "#/components/headers/X-Request-Id" } },
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    ]),
  );
}
