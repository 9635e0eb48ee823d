import type { IncomingHttpHeaders } from "node:http";

const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Why a request that changes something must not go on; null when it may. A browser says where a request comes from, and it must be our own page.
 * A client that says nothing may go on only without cookies: then it has no rights but those it brings in the body.
 */
export function originProblem(method: string, headers: IncomingHttpHeaders, publicUrl: string): string | null {
  if (SAFE_METHODS.has(method)) return null;
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin") return `the request comes from another site (Sec-Fetch-Site: ${String(site).slice(0, 32)})`;
  const { origin, host } = headers;
  if (origin !== undefined) {
    const from = URL.canParse(origin) ? new URL(origin) : null;
    const ours = from && (from.host === host || from.origin === new URL(publicUrl).origin);
    return ours ? null : "the request's Origin is not this server";
  }
  if (site === "same-origin") return null;
  return headers.cookie === undefined ? null : "a request with cookies must say where it comes from (Origin)";
}
