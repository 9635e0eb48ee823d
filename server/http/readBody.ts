import type { IncomingMessage } from "node:http";
import { AppError } from "../errors/appError.ts";

/** The whole body as text, or INVALID as soon as it is longer than `bytesMax`. */
export async function readBody(req: IncomingMessage, bytesMax: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req) {
    bytes += (chunk as Buffer).length;
    if (bytes > bytesMax) throw new AppError("INVALID", `the request may have at most ${bytesMax} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}
