import type { IncomingMessage, ServerResponse } from "node:http";
import type { AuthRoutes } from "../auth/authRoutes.ts";
import { answerError } from "./answerError.ts";
import { type Handler, type Routes, sendJson, sendText } from "./httpServer.ts";
import type { Metrics } from "./metrics.ts";
import { type RequestOrigin, requestOrigin } from "./requestOrigin.ts";
import { sendWebResponse, toWebRequest } from "./webRequest.ts";

export type RouteSources = {
  publicUrl: () => string;
  behindProxy: boolean;
  authRoutes: AuthRoutes;
  setUp: (input: unknown, from: RequestOrigin) => Promise<{ email: string; password: string }>;
  trpc: Handler;
  auditDownload: Handler;
  /** The public API. */
  api: Handler;
  /** Told of every answer that stays open. */
  onStream: (req: IncomingMessage, res: ServerResponse) => void;
  isReady: () => boolean;
  metrics: Metrics;
  pages: Handler;
};

const SETUP_BODY_BYTES_MAX = 4_096;
const AUTH_BODY_BYTES_MAX = 4_096;
/** Everything with state is mounted before the pages. */
export function createRoutes(sources: RouteSources): Routes {
  const { publicUrl, behindProxy, authRoutes, trpc, auditDownload, api, onStream, isReady, metrics, pages } = sources;
  return [
    { path: "/healthz", handle: (_req, res) => sendText(res, 200, "ok") },
    {
      path: "/readyz",
      handle: (_req, res) =>
        isReady() ? sendText(res, 200, "ready") : sendText(res, 503, "not ready: the database can't be reached, or the fleet channel is not open"),
    },
    {
      path: "/metrics",
      async handle(_req, res) {
        const text = await metrics.text();
        res.writeHead(200, { "content-type": metrics.contentType, "cache-control": "no-store" });
        res.end(text);
      },
    },
    {
      path: "/trpc/",
      handle(req, res) {
        res.setHeader("cache-control", "no-store");
        if (req.headers.accept?.includes("text/event-stream") || req.url?.startsWith("/trpc/live.events")) onStream(req, res);
        return trpc(req, res);
      },
    },
    { path: "/api/audit.csv", handle: auditDownload },
    { path: "/api/v1/", handle: api },
    { path: "/api/auth/", handle: async (req, res) => answerAuth(req, res) },
    { path: "/api/setup", handle: async (req, res) => answerSetup(req, res, sources) },
    { path: "/", handle: pages },
  ];

  async function answerAuth(req: IncomingMessage, res: ServerResponse): Promise<void> {
    try {
      await sendWebResponse(await authRoutes.answer(await toWebRequest(req, publicUrl(), AUTH_BODY_BYTES_MAX), requestOrigin(req, behindProxy)), res);
    } catch (error) {
      answerError(error, res);
    }
  }
}

/** Uses a one-time link up, then signs in the way a form would: the answer carries the session's cookie. */
async function answerSetup(req: IncomingMessage, res: ServerResponse, { publicUrl, behindProxy, authRoutes, setUp }: RouteSources): Promise<void> {
  if (req.method !== "POST") return sendJson(res, 405, { message: "send a POST" });
  try {
    const request = await toWebRequest(req, publicUrl(), SETUP_BODY_BYTES_MAX);
    const from = requestOrigin(req, behindProxy);
    const credentials = await setUp(parseJson(await request.text()), from);
    await sendWebResponse(await authRoutes.signInAfterSetup(request, credentials, from), res);
  } catch (error) {
    answerError(error, res);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
