import { HTTP_PATHS } from "../../signals/otlpPaths.ts";
import type { HttpHead } from "../httpEngine.ts";

const HEADERS_MAX = 100;
const REQUEST_START = "POST /v1/";
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const LENGTH = /^\d{1,15}$/;
const HOT_PATHS = new Map(Object.values(HTTP_PATHS).map((path) => [`POST ${path} HTTP/1.1`, path]));
/** What asks for more than a plain request and its answer. */
const NOT_PLAIN = new Set(["transfer-encoding", "expect", "upgrade", "proxy-connection", "trailer", "http2-settings"]);
/** What is asked for here; one that is sent twice means something else to everybody. */
const SINGLE = new Set(["host", "content-length", "connection", "content-type", "content-encoding", "authorization", "origin", "x-headgate-sample"]);
const [TAB, LF, CR, BLANK, DELETE] = [9, 10, 13, 32, 127];

export type PlainHead = HttpHead & { wantsClose: boolean };

/**
 * The head of a plain OTLP request: everything up to its empty line, each line with its CRLF (RFC 9112, 2 to 6). Undefined where anything is unusual; somebody more patient
 * reads it then, so every doubt is settled that way.
 */
export function readPlainHead(text: string): PlainHead | undefined {
  const firstEnd = text.indexOf("\r\n");
  const path = HOT_PATHS.get(text.slice(0, firstEnd));
  if (path === undefined || !isClean(text, 0)) return undefined;
  const found = new Map<string, string>();
  let count = 0;
  for (let at = firstEnd + 2; at < text.length; ) {
    const end = text.indexOf("\r\n", at);
    const colon = text.indexOf(":", at);
    if (end < 0 || colon < 0 || colon > end || ++count > HEADERS_MAX) return undefined;
    const name = text.slice(at, colon);
    if (!TOKEN.test(name)) return undefined;
    const known = name.toLowerCase();
    if (NOT_PLAIN.has(known)) return undefined;
    if (SINGLE.has(known)) {
      if (found.has(known)) return undefined;
      found.set(known, trimmed(text, colon + 1, end));
    }
    at = end + 2;
  }
  const length = found.get("content-length");
  const connection = found.get("connection")?.toLowerCase() ?? "keep-alive";
  if (length === undefined || !LENGTH.test(length) || !found.has("host") || (connection !== "keep-alive" && connection !== "close")) return undefined;
  return {
    method: "POST",
    path,
    contentType: found.get("content-type"),
    contentEncoding: found.get("content-encoding"),
    authorization: found.get("authorization"),
    origin: found.get("origin"),
    isSample: found.get("x-headgate-sample") === "1",
    contentLength: Number(length),
    wantsClose: connection === "close",
  };
}

/** Whether what begins so can still become a plain head. What stands before `from` has been looked at. */
export function mayBecomePlain(text: string, from: number): boolean {
  const length = Math.min(text.length, REQUEST_START.length);
  return text.slice(0, length) === REQUEST_START.slice(0, length) && isClean(text, from);
}

/** No control characters but tabs, and CR and LF in pairs alone; a CR at the end may still get its LF. */
function isClean(text: string, from: number): boolean {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= BLANK ? code === DELETE : code !== TAB && !isHalfOfLineEnd(text, at, code)) return false;
  }
  return true;
}

function isHalfOfLineEnd(text: string, at: number, code: number): boolean {
  if (code === CR) return at + 1 === text.length || text.charCodeAt(at + 1) === LF;
  return code === LF && at > 0 && text.charCodeAt(at - 1) === CR;
}

/** text[from, to) without blanks and tabs around it. */
function trimmed(text: string, from: number, to: number): string {
  let [start, end] = [from, to];
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === BLANK || code === TAB;
}
