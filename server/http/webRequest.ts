import type { IncomingMessage, ServerResponse } from "node:http";
import { readBody } from "./readBody.ts";

export function toHeaders(req: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(req.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  return headers;
}

/** node:http's request as the web's, for libraries that speak that. */
export async function toWebRequest(req: IncomingMessage, publicUrl: string, bodyBytesMax: number): Promise<Request> {
  const method = req.method ?? "GET";
  const body = method === "GET" || method === "HEAD" ? undefined : await readBody(req, bodyBytesMax);
  return new Request(new URL(req.url ?? "/", publicUrl), { method, headers: toHeaders(req), body });
}

export async function sendWebResponse(response: Response, res: ServerResponse): Promise<void> {
  res.statusCode = response.status;
  for (const [name, value] of response.headers) if (name !== "set-cookie") res.setHeader(name, value);
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) res.setHeader("set-cookie", cookies);
  res.setHeader("cache-control", "no-store");
  res.end(Buffer.from(await response.arrayBuffer()));
}
