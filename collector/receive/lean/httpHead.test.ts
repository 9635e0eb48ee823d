import { describe, expect, it } from "vitest";
import { mayBecomePlain, readPlainHead } from "./httpHead.ts";

const START = "POST /v1/traces HTTP/1.1\r\n";
const BASE = `${START}Host: x\r\nContent-Length: 12\r\n`;

describe("the head of a plain request", () => {
  it("is read with what is asked for", () => {
    const more =
      "content-type:\t application/json \r\nContent-Encoding: gzip\r\nAuthorization: Bearer a b\r\nORIGIN: https://a\r\nx-headgate-sample: 1\r\nx: \xe9\r\nempty:\r\n";
    expect(readPlainHead(BASE + more)).toEqual({
      method: "POST",
      path: "/v1/traces",
      contentType: "application/json",
      contentEncoding: "gzip",
      authorization: "Bearer a b",
      origin: "https://a",
      isSample: true,
      contentLength: 12,
      wantsClose: false,
    });
    expect(readPlainHead(`${BASE}Connection: Close\r\n`)?.wantsClose).toBe(true);
    expect(readPlainHead(`${BASE}connection: keep-alive\r\n`)?.wantsClose).toBe(false);
    for (const path of ["/v1/metrics", "/v1/logs"]) expect(readPlainHead(BASE.replace("/v1/traces", path))?.path).toBe(path);
  });

  it.each([
    ["another method", BASE.replace("POST", "PUT")],
    ["another path", BASE.replace("traces", "tracez")],
    ["a query", BASE.replace("traces", "traces?a")],
    ["HTTP/1.0", BASE.replace("1.1", "1.0")],
    ["two blanks", BASE.replace("POST ", "POST  ")],
    ["no host", `${START}content-length: 1\r\n`],
    ["two hosts", `${BASE}host: y\r\n`],
    ["no length", `${START}host: x\r\n`],
    ["two lengths", `${BASE}content-length: 12\r\n`],
    ["a signed length", `${START}host: x\r\ncontent-length: +1\r\n`],
    ["a list of lengths", `${START}host: x\r\ncontent-length: 1, 1\r\n`],
    ["a length in hex", `${START}host: x\r\ncontent-length: 0x1\r\n`],
    ["a length beyond what a number holds", `${START}host: x\r\ncontent-length: ${"9".repeat(16)}\r\n`],
    ["an empty length", `${START}host: x\r\ncontent-length:\r\n`],
    ["chunks", `${BASE}Transfer-Encoding: chunked\r\n`],
    ["an expectation", `${BASE}Expect: 100-continue\r\n`],
    ["an upgrade", `${BASE}Upgrade: h2c\r\n`],
    ["a connection of several words", `${BASE}Connection: keep-alive, upgrade\r\n`],
    ["a proxy's connection", `${BASE}Proxy-Connection: close\r\n`],
    ["two connections", `${BASE}Connection: close\r\nConnection: keep-alive\r\n`],
    ["two tokens", `${BASE}authorization: a\r\nauthorization: b\r\n`],
    ["a folded line", `${BASE}a: b\r\n c\r\n`],
    ["a blank before the colon", `${BASE}a : b\r\n`],
    ["no colon", `${BASE}ab\r\n`],
    ["no name", `${BASE}: b\r\n`],
    ["a name with what names do not have", `${BASE}a(b: c\r\n`],
    ["a lone LF", `${BASE}a: b\nTransfer-Encoding: chunked\r\n`],
    ["a lone CR", `${BASE}a: b\rTransfer-Encoding: chunked\r\n`],
    ["a zero byte", `${BASE}a: b\0\r\n`],
    ["a control character", `${BASE}a: \x1b\r\n`],
    ["a line that does not end", `${BASE}a: b`],
    ["more headers than anybody sends", BASE + "a: b\r\n".repeat(200)],
  ])("is left to others with %s", (_what, text) => {
    expect(readPlainHead(text)).toBeUndefined();
  });
});

describe("the beginning of a head", () => {
  it("is waited for as long as it can become plain", () => {
    for (let length = 1; length <= BASE.length; length++)
      expect([length, mayBecomePlain(BASE.slice(0, length), Math.max(0, length - 2))]).toEqual([length, true]);
  });

  it.each(["G", "POST /v2", "\r\n", "POST /v1/traces HTTP/1.1\n", "POST /v1/\0", "POST /v1/\rx", "\x16\x03\x01"])("is left to others at once: %j", (text) => {
    expect(mayBecomePlain(text, 0)).toBe(false);
  });
});
