import { http } from "../../nodeHttp.ts";
import { type HttpAnswer, KEEP_ALIVE_MS } from "../httpEngine.ts";

const KEPT = `Connection: keep-alive\r\nKeep-Alive: timeout=${KEEP_ALIVE_MS / 1000}\r\n`;
const CLOSED = "Connection: close\r\n";
const SECOND_MS = 1_000;

let date = "";
let dateUntilMs = 0;

/** For a Date header (RFC 9110, 6.6.1), which has seconds. */
function dateText(): string {
  const now = Date.now();
  if (now >= dateUntilMs || now < dateUntilMs - SECOND_MS) {
    dateUntilMs = (Math.floor(now / SECOND_MS) + 1) * SECOND_MS;
    date = new Date(now).toUTCString();
  }
  return date;
}

/** A whole answer of HTTP/1.1, head and body; the same as Node's. */
export function answerBytes({ code, headers, body }: HttpAnswer, isLast: boolean): Buffer {
  let head = `HTTP/1.1 ${code} ${http.STATUS_CODES[code]}\r\n`;
  for (const name in headers) head += `${name}: ${headers[name]}\r\n`;
  head += `content-length: ${Buffer.byteLength(body)}\r\nDate: ${dateText()}\r\n${isLast ? CLOSED : KEPT}\r\n`;
  const bytes = Buffer.from(head, "latin1");
  return body.length === 0 ? bytes : Buffer.concat([bytes, Buffer.from(body as Buffer)]);
}
