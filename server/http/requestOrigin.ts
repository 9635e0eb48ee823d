import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { clientAddress } from "./clientAddress.ts";

const AGENT_MAX = 300;
const PAGE_MAX = 200;
const REQUEST_ID = /^[\w.:-]{1,64}$/;

export type RequestOrigin = { via: "page" | "api"; ip: string; agent?: string; requestId: string; page?: string };

const known = new WeakMap<IncomingMessage, RequestOrigin>();

/**
 * Where a request came from, as the audit keeps it: the address, what the browser says it is, the page it was on (its path alone), and the
 * request's number: the one that a proxy gave it in `x-request-id`, or a new one. The same for the same request, however often it is asked for.
 */
export function requestOrigin(req: IncomingMessage, behindProxy: boolean): RequestOrigin {
  const before = known.get(req);
  if (before) return before;
  const { "user-agent": agent, "x-request-id": given, referer } = req.headers;
  const page = pagePath(referer);
  const origin: RequestOrigin = {
    // Only browsers say where a fetch comes from; programs that call the API do not.
    via: req.headers["sec-fetch-site"] === undefined ? "api" : "page",
    ip: clientAddress(req, behindProxy),
    requestId: typeof given === "string" && REQUEST_ID.test(given) ? given : randomUUID(),
    ...(agent && { agent: agent.slice(0, AGENT_MAX) }),
    ...(page && { page }),
  };
  known.set(req, origin);
  return origin;
}

function pagePath(referer: string | undefined): string | null {
  return referer && URL.canParse(referer) ? new URL(referer).pathname.slice(0, PAGE_MAX) : null;
}
