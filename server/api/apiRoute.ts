import type { z } from "zod";
import type { Operation } from "#domain/auth/scopes.ts";
import type { ServiceContext } from "../services/context.ts";
import type { Slots } from "../services/slots.ts";

/** What routes need besides the services' own context. */
export type ApiCall<Params, Query, Body> = {
  ctx: ServiceContext;
  params: Params;
  query: Query;
  body: Body;
  /** The version that `If-Match` names; null without the header. */
  ifMatch: number | null;
  auditExports: Slots;
};

export type JsonAnswer<Body> = {
  body: Body;
  /** Path below `/api/v1` of what was made. */
  location?: string;
  /** Query that gives the page after this one; null on the last. */
  next?: Record<string, string> | null;
  /** The document's version that the entity tag begins with. */
  version?: number;
};
/** Text that is sent as it comes; whoever iterates it ends the iteration. */
export type TextAnswer = { lines: AsyncGenerator<string>; fileName: string };

type Shape = z.ZodType | undefined;
type Parsed<S extends Shape> = S extends z.ZodType ? z.output<S> : undefined;
type Answers<A> = A extends z.ZodType ? JsonAnswer<z.input<A>> : TextAnswer;

type RouteOf<P extends Shape, Q extends Shape, B extends Shape, A extends z.ZodType | "text/csv"> = {
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Below `/api/v1`, as OpenAPI writes it: `/policies/{id}`. */
  path: string;
  /** The name of the operation in the document; clients are generated with it. */
  id: string;
  tag: string;
  summary: string;
  description?: string;
  /** What it is among the operations that tokens have scopes for. */
  operation: Operation;
  params?: P;
  query?: Q;
  /** What is sent as JSON. Bodies are checked here for their shape and by the service for the rest. */
  body?: B;
  status?: 200 | 201;
  answer: A;
  /** Statuses that it may answer with besides those that all routes of its kind may. */
  problems?: (404 | 409 | 412 | 428 | 429)[];
  handle: (call: ApiCall<Parsed<P>, Parsed<Q>, Parsed<B>>) => Promise<Answers<A>>;
};

/** A row of the table that both the router and the OpenAPI document are made from. */
export type ApiRoute = Omit<RouteOf<z.ZodType, z.ZodType, z.ZodType, z.ZodType | "text/csv">, "handle"> & {
  handle: (call: ApiCall<unknown, unknown, unknown>) => Promise<JsonAnswer<unknown> | TextAnswer>;
};

/** Checks a row: what it hands its service is what its schemas parse, and what it answers is what its schema says. */
export function route<P extends Shape = undefined, Q extends Shape = undefined, B extends Shape = undefined, A extends z.ZodType | "text/csv" = "text/csv">(
  row: RouteOf<P, Q, B, A>,
): ApiRoute {
  return row as unknown as ApiRoute;
}
