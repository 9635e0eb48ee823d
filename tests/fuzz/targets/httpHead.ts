import http from "node:http";
import { Duplex } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { HEADER_BYTES_MAX, type HttpHead } from "#collector/receive/httpEngine.ts";
import { PlainConnection } from "#collector/receive/lean/plainConnection.ts";
import { mutate } from "../mutate.ts";
import { pick, type Random } from "../random.ts";
import { ensure, type FuzzTarget } from "../target.ts";

/** After so many turns of the event loop without news there are none. */
const QUIET_TURNS = 5;
const LINES = [
  "Content-Type: application/x-protobuf",
  "content-encoding: gzip",
  "Authorization: Bearer abc",
  "Origin: https://a.example",
  "X-Headgate-Sample: 1",
  "User-Agent: a",
  "Connection: keep-alive",
  "Connection: close",
  "Connection: keep-alive, upgrade",
  "Transfer-Encoding: chunked",
  "Transfer-Encoding:\tchunked",
  "Transfer_Encoding: chunked",
  "Transfer-Encoding : chunked",
  " Transfer-Encoding: chunked",
  "a: b\nTransfer-Encoding: chunked",
  "a: b\rTransfer-Encoding: chunked",
  "a: \0",
  "Content-Length: 0",
  "Content-Length: 3, 3",
  "Content-Length: +3",
  "content-length:3 ",
  "Expect: 100-continue",
  "Upgrade: h2c",
  "Proxy-Connection: close",
  "Host: y",
  ": c",
  "a: \xff\t",
  "a:",
];

/** Some requests one behind the other, most of them plain; each of the rest is unusual in one of the ways by which requests are smuggled past somebody. */
function make(random: Random): Buffer {
  const parts: string[] = [];
  for (let count = 1 + random(4); count > 0; count--) {
    const body = pick(random, ["", "abc", "0\r\n\r\n", "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", "x".repeat(random(300))]);
    const lines = ["Host: x", `Content-Length: ${body.length + (random(12) === 0 ? random(9) : 0)}`];
    for (let more = random(4); more > 0; more--) lines.splice(random(lines.length + 1), 0, pick(random, random(3) === 0 ? LINES : LINES.slice(0, 7)));
    const start =
      random(8) === 0
        ? pick(random, ["GET / HTTP/1.1", "POST /v1/traces?a HTTP/1.1", "POST /v1/traces HTTP/1.0", "POST  /v1/logs HTTP/1.1"])
        : "POST /v1/traces HTTP/1.1";
    parts.push(`${[start, ...lines].join("\r\n")}\r\n\r\n${body}`);
  }
  return Buffer.from(parts.join(""), "latin1");
}

type Heard = { head: Partial<HttpHead>; body: string; hasEnded: boolean };

/** `pieces` undefined: all at once. */
function plainly(input: Buffer, pieces: Random | undefined): { heard: Heard[]; rest: string | undefined } {
  const heard: Heard[] = [];
  let rest: string | undefined;
  const connection = new PlainConnection({
    ...{ now: () => 0, headTimeoutMs: 1, requestTimeoutMs: 1, unreadable() {} },
    transport: {
      ...{ write() {}, unsentBytes: 0, pause() {}, resume() {}, end() {}, cut() {} },
      handOver: (bytes) => {
        rest = bytes.toString("latin1");
      },
    },
    calls: {
      request({ method, path, contentType, contentEncoding, authorization, origin, contentLength }, exchange) {
        const call: Heard = { head: { method, path, contentType, contentEncoding, authorization, origin, contentLength }, body: "", hasEnded: false };
        heard.push(call);
        return {
          data(bytes, start, end) {
            call.body += bytes.toString("latin1", start, end);
          },
          end() {
            call.hasEnded = true;
            exchange.answer({ code: 200, headers: {}, body: "" });
          },
          closed() {},
        };
      },
    },
  });
  for (let at = 0; at < input.length; ) {
    const next = pieces === undefined ? input.length : Math.min(input.length, at + 1 + pieces(60));
    // What is handed over goes on there.
    if (rest === undefined) connection.read(input, at, next);
    else rest += input.toString("latin1", at, next);
    at = next;
  }
  return { heard, rest };
}

async function byNode(input: Buffer): Promise<Heard[]> {
  const heard: Heard[] = [];
  let news = 0;
  const server = http.createServer({ maxHeaderSize: HEADER_BYTES_MAX });
  server.on("request", (request, response) => {
    const { method, url: path, headers } = request;
    const length = Number(headers["content-length"]);
    const head = {
      ...{ method, path, contentType: headers["content-type"], contentEncoding: headers["content-encoding"] },
      ...{ authorization: headers.authorization, origin: headers.origin, contentLength: length },
    };
    const call: Heard = { head, body: "", hasEnded: false };
    heard.push(call);
    news++;
    request.on("data", (chunk: Buffer) => {
      news++;
      call.body += chunk.toString("latin1");
    });
    request.on("end", () => {
      news++;
      call.hasEnded = true;
      response.end();
    });
    request.on("error", () => {});
  });
  server.on("clientError", () => {});
  const socket = new Duplex({
    read() {},
    write(_chunk, _encoding, done) {
      done();
    },
  });
  socket.on("error", () => {});
  server.emit("connection", socket);
  socket.push(input);
  for (let [seen, quiet] = [0, 0]; quiet < QUIET_TURNS; quiet = seen === news ? quiet + 1 : 0) {
    seen = news;
    await turn();
  }
  socket.destroy();
  return heard;
}

/** Plain requests of OTLP/HTTP: what is taken for one, Node's parser takes for the same one, at the same place; and how the bytes are cut changes nothing. */
export const httpHead: FuzzTarget = {
  name: "http-head",
  generate(random) {
    const made = make(random);
    return random(3) === 0 ? mutate(made, make(random), random) : made;
  },
  async check(input, random) {
    const atOnce = plainly(input, undefined);
    const inPieces = plainly(input, random);
    ensure(JSON.stringify(inPieces) === JSON.stringify(atOnce), () => `cut: ${JSON.stringify(inPieces)}; not cut: ${JSON.stringify(atOnce)}`);
    if (atOnce.heard.length === 0) return;
    const node = (await byNode(input)).slice(0, atOnce.heard.length);
    ensure(
      JSON.stringify(node) === JSON.stringify(atOnce.heard),
      () => `node:http hears ${JSON.stringify(node)}, and here it is ${JSON.stringify(atOnce.heard)}`,
    );
  },
};
