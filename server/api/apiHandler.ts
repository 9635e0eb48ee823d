import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { z } from "zod";
import { OPERATIONS } from "#domain/auth/scopes.ts";
import { parseOrProblems } from "#domain/validation/problems.ts";
import { unstorableText } from "#domain/validation/unstorableText.ts";
import { AppError } from "../errors/appError.ts";
import { authoriseSomewhere } from "../services/authorise.ts";
import type { ServiceContext } from "../services/context.ts";
import { parseInput } from "../services/parseInput.ts";
import type { Slots } from "../services/slots.ts";
import { ApiProblem, PROBLEMS, problemBody, toApiProblem } from "./apiProblem.ts";
import type { ApiRoute, JsonAnswer, TextAnswer } from "./apiRoute.ts";
import { matchRoute } from "./matchRoute.ts";
import { openApiDocument } from "./openApiDocument.ts";
import { readJson } from "./readJson.ts";

const MOUNTED_AT = "/api/v1";

export type ApiSources = {
  /** Who is calling; what it throws is the answer. */
  contextOf: (req: IncomingMessage) => Promise<ServiceContext>;
  requestIdOf: (req: IncomingMessage) => string;
  auditExports: Slots;
  /** Told of what was not foreseen. */
  report: (error: unknown, path: string, requestId: string) => void;
};

/** `/api/v1/…`: finds the route, reads what it takes, calls its service, and says everything that goes wrong as a problem document. */
export function createApiHandler({ contextOf, requestIdOf, auditExports, report }: ApiSources) {
  let document: string | undefined;
  return async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const requestId = requestIdOf(req);
    const [path, search = ""] = (req.url ?? "").slice(MOUNTED_AT.length).split(/\?(.*)/s, 2);
    res.setHeader("x-request-id", requestId);
    res.setHeader("cache-control", "no-store");
    try {
      if (path === "/openapi.json") {
        if (req.method !== "GET" && req.method !== "HEAD") throw otherMethods(["GET", "HEAD"]);
        document ??= JSON.stringify(openApiDocument());
        return sendWithTag(req, res, 200, document);
      }
      const { route, params } = routeOf(req.method ?? "GET", path);
      const ctx = await contextOf(req);
      const answer = await call(req, route, params, search, ctx, auditExports);
      if ("lines" in answer) return await sendLines(res, answer);
      const body = asDescribed(route, answer.body, (error) => report(error, path, requestId));
      sendJson(req, res, route, { ...answer, body }, search);
    } catch (error) {
      if (res.headersSent) return void breakOff(res, error, () => report(error, path, requestId));
      const problem = toApiProblem(error);
      if (problem.kind === "internal") report(error, path, requestId);
      sendProblem(res, problem, requestId);
    }
  };
}

function routeOf(method: string, path: string): { route: ApiRoute; params: Record<string, string> } {
  const match = matchRoute(method, path);
  if (match.kind === "nothing")
    throw new ApiProblem("not-found", `there is nothing at ${MOUNTED_AT}${path.slice(0, 200)}; /api/v1/openapi.json lists what there is`);
  if (match.kind === "other-methods") throw otherMethods(match.allow);
  return match;
}

function otherMethods(allow: string[]): ApiProblem {
  return new ApiProblem("method-not-allowed", `this takes ${allow.join(", ")}`, { headers: { allow: allow.join(", ") } });
}

async function call(
  req: IncomingMessage,
  route: ApiRoute,
  given: Record<string, string>,
  search: string,
  ctx: ServiceContext,
  auditExports: Slots,
): Promise<JsonAnswer<unknown> | TextAnswer> {
  // A browser's session counts for nothing here, so no other page can make a browser call this.
  if (ctx.actor.kind !== "token")
    throw new AppError("UNAUTHENTICATED", "send an API token: Authorization: Bearer hg_…; one is made under Settings, API tokens");
  allow(ctx, route);
  const params = route.params && readParams(route.params, given);
  const query = readQuery(route.query, search);
  const ifMatch = readIfMatch(req.headers["if-match"]);
  const body = route.body && parseInput(route.body, await readJson(req));
  return route.handle({ ctx, params, query, body, ifMatch, auditExports });
}

/** Before anything is read. Which groups it is about is known to the service, which asks again. RFC 6750: a refusal names the scope that would do. */
function allow(ctx: ServiceContext, { operation }: ApiRoute): void {
  try {
    authoriseSomewhere(ctx, operation);
  } catch (error) {
    const problem = toApiProblem(error);
    const headers = { "www-authenticate": `Bearer realm="Headgate", error="insufficient_scope", scope="${OPERATIONS[operation].scope}"` };
    throw problem.kind === "forbidden" ? new ApiProblem("forbidden", problem.message, { headers }) : error;
  }
}

/** What can't be an id is the id of nothing. */
function readParams(schema: z.ZodType, given: Record<string, string>): unknown {
  const parsed = parseOrProblems(schema, given);
  if (parsed.ok && !unstorableText(given)) return parsed.value;
  throw new ApiProblem("not-found", `there is nothing with the id ${JSON.stringify(Object.values(given).at(-1)?.slice(0, 80))}`);
}

function readQuery(schema: z.ZodType | undefined, search: string): unknown {
  const given = [...new URLSearchParams(search)];
  const twice = given.find(([name], index) => given.findIndex(([other]) => other === name) !== index);
  if (twice) throw malformedQuery([{ path: twice[0], message: "is there twice" }]);
  if (schema === undefined) {
    if (given.length > 0) throw malformedQuery([{ path: given[0][0], message: "is not known here" }]);
    return undefined;
  }
  const values = Object.fromEntries(given);
  const unstorable = unstorableText(values);
  const parsed = parseOrProblems(schema, values);
  if (parsed.ok && !unstorable) return parsed.value;
  throw malformedQuery(parsed.ok ? [unstorable ?? { path: "", message: "can't be read" }] : parsed.problems);
}

function malformedQuery(errors: { path: string; message: string }[]): ApiProblem {
  return new ApiProblem("malformed", `the address can't be read: ${errors[0].path}: ${errors[0].message}`, { errors });
}

/** The version at the beginning of a document's entity tag; null without the header. */
function readIfMatch(header: string | undefined): number | null {
  if (header === undefined) return null;
  const [, version] = /^\s*(?:W\/)?"v(\d{1,9})(?:-[\w-]*)?"\s*$/.exec(header) ?? [];
  if (version === undefined) throw new ApiProblem("malformed", "If-Match takes the entity tag of the document, one alone, as its ETag gave it");
  return Number(version);
}

/** What the document describes and nothing else: services show more to the pages, and that may change. */
function asDescribed({ answer }: ApiRoute, body: unknown, report: (error: unknown) => void): unknown {
  if (answer === "text/csv") return body;
  const parsed = answer.safeParse(body);
  if (parsed.success) return parsed.data;
  report(new Error("an answer is not what the document says", { cause: parsed.error }));
  return body;
}

function sendJson(req: IncomingMessage, res: ServerResponse, route: ApiRoute, { body, location, next, version }: JsonAnswer<unknown>, search: string): void {
  if (location !== undefined) res.setHeader("location", MOUNTED_AT + location);
  if (next) res.setHeader("link", `<${nextAddress(req, search, next)}>; rel="next"`);
  sendWithTag(req, res, route.status ?? 200, JSON.stringify(body), route.method === "GET" ? (version ?? null) : undefined);
}

function nextAddress(req: IncomingMessage, search: string, next: Record<string, string>): string {
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries(next)) query.set(name, value);
  return `${(req.url ?? "").split("?", 1)[0]}?${query}`;
}

/** `version`: undefined where there is no tag to be had, null where the tag is of the answer alone. */
function sendWithTag(req: IncomingMessage, res: ServerResponse, status: number, text: string, version: number | null | undefined = null): void {
  if (version !== undefined) {
    const hash = createHash("sha256").update(text).digest("base64url").slice(0, 16);
    const tag = version === null ? `"${hash}"` : `"v${version}-${hash}"`;
    res.setHeader("etag", tag);
    res.setHeader("cache-control", "private, no-cache");
    if (req.headers["if-none-match"]?.split(",").some((one) => one.trim().replace(/^W\//, "") === tag)) {
      res.writeHead(304);
      return void res.end();
    }
  }
  res.writeHead(status, { "content-type": "application/json; charset=utf-8" });
  res.end(text);
}

async function sendLines(res: ServerResponse, { lines, fileName }: TextAnswer): Promise<void> {
  try {
    const first = await lines.next();
    res.writeHead(200, { "content-type": "text/csv; charset=utf-8", "content-disposition": `attachment; filename="${fileName}"` });
    await pipeline(Readable.from(withFirst(first, lines)), res);
  } finally {
    await lines.return(undefined);
  }
}

async function* withFirst(first: IteratorResult<string>, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  if (!first.done) yield first.value;
  yield* rest;
}

/** A reader that went away is no error of ours; any other leaves an answer that must not look whole. */
function breakOff(res: ServerResponse, error: unknown, report: () => void): void {
  if (!res.destroyed || (error as NodeJS.ErrnoException).code !== "ERR_STREAM_PREMATURE_CLOSE") report();
  res.destroy();
}

function sendProblem(res: ServerResponse, problem: ApiProblem, requestId: string): void {
  for (const [name, value] of Object.entries(problem.headers)) res.setHeader(name, value);
  res.writeHead(PROBLEMS[problem.kind].status, { "content-type": "application/problem+json; charset=utf-8", "cache-control": "no-store" });
  res.end(JSON.stringify(problemBody(problem, requestId)));
}
