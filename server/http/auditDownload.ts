import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { untrustedAuditFilter } from "#domain/audit/auditFilter.ts";
import { exportAudit } from "../services/audit/exportAudit.ts";
import type { ServiceContext } from "../services/context.ts";
import type { Slots } from "../services/slots.ts";
import { answerError } from "./answerError.ts";
import { type Handler, sendJson } from "./httpServer.ts";

/** `GET /api/audit.csv?…`: the filter of the page's address, streamed. Errors before the first byte are an answer; later ones break the connection off. */
export function createAuditDownload(createContext: (req: IncomingMessage) => Promise<ServiceContext>, slots: Slots): Handler {
  return async (req: IncomingMessage, res: ServerResponse) => {
    if (req.method !== "GET") return sendJson(res, 405, { message: "send a GET" });
    let lines: AsyncGenerator<string> | undefined;
    try {
      const search = new URL(req.url ?? "", "http://here.invalid").searchParams;
      lines = exportAudit({ ctx: await createContext(req), input: untrustedAuditFilter(search), slots });
      const first = await lines.next();
      res.writeHead(200, {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="headgate-audit-${new Date().toISOString().slice(0, 10)}.csv"`,
        "cache-control": "no-store",
      });
      await pipeline(Readable.from(withFirst(first, lines)), res);
    } catch (error) {
      if (!res.headersSent) return answerError(error, res);
      // A reader that went away is no error of ours.
      if (!res.destroyed || !isAborted(error)) throw error;
    } finally {
      await lines?.return(undefined);
    }
  };
}

async function* withFirst(first: IteratorResult<string>, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  if (!first.done) yield first.value;
  yield* rest;
}

function isAborted(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ERR_STREAM_PREMATURE_CLOSE";
}
