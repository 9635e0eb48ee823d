import type { ApiRoute } from "./apiRoute.ts";
import { API_ROUTES } from "./apiRoutes.ts";

export type RouteMatch = { kind: "route"; route: ApiRoute; params: Record<string, string> } | { kind: "other-methods"; allow: string[] } | { kind: "nothing" };

type Pattern = { route: ApiRoute; segments: string[] };
/** A fixed segment goes before one that takes anything: `/revisions/current` is not the revision named current. */
const PATTERNS: readonly Pattern[] = API_ROUTES.map((route) => ({ route, segments: route.path.split("/") })).sort((a, b) => variables(a) - variables(b));

/** `path` is below `/api/v1` and not decoded yet. HEAD is answered as GET is. */
export function matchRoute(method: string, path: string): RouteMatch {
  const segments = path.split("/");
  const here = PATTERNS.filter((pattern) => fits(pattern.segments, segments));
  if (here.length === 0) return { kind: "nothing" };
  const wanted = method === "HEAD" ? "GET" : method;
  // What stands at the most exact pattern decides which methods there are.
  const exact = here.filter((pattern) => pattern.route.path === here[0].route.path);
  const found = exact.find(({ route }) => route.method === wanted);
  if (found === undefined) return { kind: "other-methods", allow: exact.flatMap(({ route }) => (route.method === "GET" ? ["GET", "HEAD"] : [route.method])) };
  const params = paramsOf(found.segments, segments);
  return params === null ? { kind: "nothing" } : { kind: "route", route: found.route, params };
}

function isVariable(segment: string): boolean {
  return segment.startsWith("{");
}

function variables({ segments }: Pattern): number {
  return segments.filter(isVariable).length;
}

function fits(pattern: string[], segments: string[]): boolean {
  return pattern.length === segments.length && pattern.every((part, index) => (isVariable(part) ? segments[index] !== "" : part === segments[index]));
}

/** Null where a segment is no valid percent-encoding: nothing can have such a name. */
function paramsOf(pattern: string[], segments: string[]): Record<string, string> | null {
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    if (!isVariable(part)) continue;
    try {
      params[part.slice(1, -1)] = decodeURIComponent(segments[index]);
    } catch {
      return null;
    }
  }
  return params;
}
