import { readFileSync, rmSync } from "node:fs";
import net from "node:net";
import tls from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "#collector/clock.ts";
import type { HttpEngine, HttpEngineParts } from "#collector/receive/httpEngine.ts";
import { createLeanHttpEngine } from "#collector/receive/lean/leanHttpEngine.ts";
import { createNodeHttpEngine } from "#collector/receive/nodeHttpEngine.ts";
import { ReceiverSecurity } from "#collector/security/receiverSecurity.ts";
import { receiversSchema } from "#domain/pipeline/receivers.ts";
import { createAuthority, writeCertificate } from "../fixtures/certificates.ts";
import { temporaryFolder } from "../fixtures/environment.ts";
import { waitFor } from "../fixtures/waitFor.ts";

// Both engines say the same to the same bytes, on real sockets: plain requests, others, and others behind plain ones on one connection.

const CREATE = { node: createNodeHttpEngine, lean: createLeanHttpEngine };
const HEAD = "POST /v1/traces HTTP/1.1\r\nhost: x\r\n";
const post = (body: string, more = "") => `${HEAD}${more}content-length: ${body.length}\r\n\r\n${body}`;
const LAST = post("last", "connection: close\r\n");
const chunked = `${HEAD}transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`;

const SCRIPTS: [string, string[]][] = [
  ["plain requests", [post("a") + post("") + LAST]],
  ["a body in pieces", [post("x".repeat(200_000)).slice(0, 70_000), post("x".repeat(200_000)).slice(70_000), LAST]],
  ["chunks", [chunked + LAST]],
  ["chunks behind a plain request, and a plain one behind", [post("a") + chunked + LAST]],
  ["chunks in pieces behind a plain request", [post("a"), chunked.slice(0, 70), chunked.slice(70), LAST]],
  [
    "OPTIONS, GET and a query",
    [`OPTIONS /v1/traces HTTP/1.1\r\nhost: x\r\n\r\nGET /a?b HTTP/1.1\r\nhost: x\r\n\r\n${post("a").replace("traces", "traces?c")}`, LAST],
  ],
  ["100-continue", [`${HEAD}expect: 100-continue\r\ncontent-length: 3\r\n\r\n`, "abc", LAST]],
  ["a large request that is not plain", [post("a"), post("y".repeat(3_000_000), "connection: keep-alive, x\r\n"), LAST]],
  ["HTTP/1.0", [post("a").replace("HTTP/1.1", "HTTP/1.0")]],
  ["no host", [post("a").replace("host: x\r\n", "")]],
  ["garbage", ["\0\x01\r\n\r\n"]],
  ["garbage behind a plain request", [post("a"), "garbage\r\n\r\n"]],
  ["two lengths", [post("a", "content-length: 1\r\n")]],
  ["a length and chunks", [post("abc", "transfer-encoding: chunked\r\n")]],
  ["a lone LF", [post("a").replace("\r\n", "\n")]],
  ["headers that are too large", [post("a", `x: ${"y".repeat(20_000)}\r\n`)]],
  ["a refused body", [post("no".repeat(50_000)), LAST]],
];

let folder: string;
let files: { certFile: string; keyFile: string };
const ends: (() => unknown)[] = [];
beforeAll(async () => {
  folder = temporaryFolder();
  files = await writeCertificate(await createAuthority("headgate-test"), folder, "server");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function start(create: (parts: HttpEngineParts) => HttpEngine, { secure = false, connectionsMax = 100, later = false } = {}) {
  const seen = { requests: [] as string[], unreadable: 0, closed: 0, connections: 0 };
  const settings = receiversSchema.parse({ connectionsMax, ...(secure && { tls: files }) });
  const security = await ReceiverSecurity.open(settings, systemClock, () => undefined);
  const waiting: (() => void)[] = [];
  const engine = create({
    ...{ security, requestTimeoutMs: 30_000, buffersDropped() {} },
    unreadable: () => void seen.unreadable++,
    connected() {
      seen.connections++;
      return {
        request({ method, path, contentLength }, exchange) {
          let body = "";
          return {
            data(bytes, from, to) {
              body += bytes.toString("latin1", from, to);
              if (body.startsWith("no")) exchange.answer({ code: 413, headers: {}, body: "too much" });
            },
            end() {
              seen.requests.push(`${method} ${path} ${contentLength} ${body.length} ${body.slice(0, 10)}`);
              const answer = () => exchange.answer({ code: 200, headers: { "content-type": "text/plain" }, body: `got ${body.length}` });
              if (later) waiting.push(answer);
              else answer();
            },
            closed: () => void seen.closed++,
          };
        },
      };
    },
  });
  ends.push(
    () => engine.shutdown(0),
    () => security.stop(),
  );
  const port = await engine.start("127.0.0.1", 0);
  return { port, seen, security, engine, waiting };
}

const connectTo = (port: number, secure: boolean): net.Socket =>
  secure
    ? tls.connect({ port, host: "127.0.0.1", ca: readFileSync(files.certFile), checkServerIdentity: () => undefined, rejectUnauthorized: false })
    : net.connect(port, "127.0.0.1");

/** Says one piece after the other, the next once something new came back or a moment is over; gives all that was said until the connection ended, with names in lower case. */
function converse(port: number, pieces: string[], secure: boolean): Promise<string> {
  return new Promise((resolve) => {
    let said = "";
    const socket = connectTo(port, secure);
    const rest = [...pieces];
    const next = () => {
      const piece = rest.shift();
      if (piece !== undefined && socket.writable) socket.write(piece, "latin1", () => setTimeout(next, 20));
    };
    socket.on(secure ? "secureConnect" : "connect", next);
    socket.on("data", (chunk: Buffer) => {
      said += chunk.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(said.replace(/^date: .*\r\n/gim, "")));
  });
}

/** Answers as codes, headers by name, and bodies: the order of headers means nothing. */
function answersOf(said: string): string[] {
  return said.split(/(?=HTTP\/1\.1 )/).map((one) => {
    const [head, body] = one.split("\r\n\r\n", 2);
    const [start, ...lines] = head.split("\r\n");
    return [start, ...lines.map((line) => line.toLowerCase()).sort(), body].join("|");
  });
}

describe.each([false, true])("both engines (TLS: %s)", (secure) => {
  it.each(SCRIPTS)("answer the same to %s", { timeout: 60_000 }, async (_what, pieces) => {
    const [node, lean] = [await start(CREATE.node, { secure }), await start(CREATE.lean, { secure })];
    const [fromNode, fromLean] = await Promise.all([converse(node.port, pieces, secure), converse(lean.port, pieces, secure)]);
    expect(answersOf(fromLean)).toEqual(answersOf(fromNode));
    expect(lean.seen.requests).toEqual(node.seen.requests);
    expect(lean.seen.unreadable).toBe(node.seen.unreadable);
    await waitFor("every request to be over", () => lean.seen.closed === node.seen.closed);
    expect(lean.seen.connections).toBe(1);
  });
});

describe.each(["node", "lean"] as const)("the engine %s", (name) => {
  it("counts connections of every kind, and turns away what is beyond the bound", async () => {
    const { port, security } = await start(CREATE[name], { connectionsMax: 2 });
    const first = net.connect(port, "127.0.0.1");
    const second = net.connect(port, "127.0.0.1");
    ends.push(() => [first, second].map((one) => one.destroy()));
    const said = { first: "", second: "" };
    first.on("data", (chunk) => {
      said.first += chunk;
    });
    second.on("data", (chunk) => {
      said.second += chunk;
    });
    first.write(chunked);
    second.write(post("a"));
    await waitFor("both answers", () => said.first.includes("got 5") && said.second.includes("got 1"));
    expect(await converse(port, [LAST], false)).toBe("");
    expect(security.connectionsTurnedAway).toBe(1);
    first.destroy();
    await waitFor("room again", async () => (await converse(port, [LAST], false)).includes("got 4"));
  });

  it.each([
    ["plain", post("a")],
    ["chunked", chunked],
  ])("ends after the answer that is due, %s, when it is to stop", async (_what, bytes) => {
    const { port, engine, waiting, seen } = await start(CREATE[name], { later: true });
    const idle = net.connect(port, "127.0.0.1").on("error", () => {});
    await new Promise((resolve) => idle.on("connect", resolve));
    const answer = converse(port, [bytes], false);
    await waitFor("the request", () => waiting.length === 1);
    idle.destroy();
    const stopped = engine.shutdown(30_000);
    waiting[0]();
    expect(await answer).toContain("HTTP/1.1 200");
    await stopped;
    await waitFor("it to be over", () => seen.closed >= seen.requests.length);
  });

  it("cuts what is left when its time to stop is over", async () => {
    const { port, engine, waiting, seen } = await start(CREATE[name], { later: true });
    const answers = [converse(port, [post("a")], false), converse(port, [chunked], false)];
    await waitFor("the requests", () => waiting.length === 2);
    await engine.shutdown(50);
    expect(await Promise.all(answers)).toEqual(["", ""]);
    await waitFor("both to be given back", () => seen.closed === 2);
  });
});
