import type { IncomingMessage } from "node:http";
import { ApiProblem } from "./apiProblem.ts";

export const BODY_BYTES_MAX = 1_048_576;

/** The body as a JSON value. What is too large is refused before it is read where it says its length, else as soon as it is seen; node:http throws the rest away. */
export async function readJson(req: IncomingMessage): Promise<unknown> {
  const { "content-type": type = "", "content-encoding": encoding = "identity", "content-length": length } = req.headers;
  if (!/^application\/(json|[\w.+-]+\+json)\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type))
    throw new ApiProblem(
      "unsupported-media-type",
      `send JSON, with the header content-type: application/json${type === "" ? "" : `; this is ${type.slice(0, 80)}`}`,
    );
  if (encoding.toLowerCase() !== "identity") throw new ApiProblem("unsupported-media-type", "send the body as it is, without a content-encoding");
  if (Number(length ?? 0) > BODY_BYTES_MAX) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req) {
    bytes += (chunk as Buffer).length;
    if (bytes > BODY_BYTES_MAX) throw tooLarge();
    chunks.push(chunk as Buffer);
  }
  return parse(Buffer.concat(chunks));
}

function tooLarge(): ApiProblem {
  return new ApiProblem("too-large", `a body may have at most ${BODY_BYTES_MAX} bytes (1 MiB)`);
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    const why = error instanceof SyntaxError ? error.message : "it is not UTF-8";
    throw new ApiProblem("malformed", `the body is no JSON: ${why}`, { errors: [{ path: "body", message: `is no JSON: ${why}` }] });
  }
}
