import { describe, expect, it } from "vitest";
import type { HttpExchange, HttpHead } from "../httpEngine.ts";
import { PlainConnection } from "./plainConnection.ts";

type Call = { head: HttpHead; exchange: HttpExchange; body: string; hasEnded: boolean; closed: number };

function rig({ plan = "succeed" }: { plan?: "succeed" | "refuse" | "nothing" } = {}) {
  const seen = { calls: [] as Call[], written: [] as string[], unreadable: 0, pauses: 0, resumes: 0, ended: 0, cut: 0, handedOver: [] as string[] };
  const at = { ms: 0, unsent: 0 };
  const ok = { code: 200, headers: {}, body: "yes" };
  const connection = new PlainConnection({
    now: () => at.ms,
    headTimeoutMs: 1000,
    requestTimeoutMs: 3000,
    unreadable: () => void seen.unreadable++,
    transport: {
      write: (bytes) => void seen.written.push(bytes.toString("latin1")),
      get unsentBytes() {
        return at.unsent;
      },
      pause: () => void seen.pauses++,
      resume: () => void seen.resumes++,
      end: () => void seen.ended++,
      cut: () => void seen.cut++,
      handOver: (bytes) => void seen.handedOver.push(bytes.toString("latin1")),
    },
    calls: {
      request(head, exchange) {
        const call: Call = { head, exchange, body: "", hasEnded: false, closed: 0 };
        seen.calls.push(call);
        if (plan === "refuse") {
          exchange.answer({ code: 429, headers: { "retry-after": "1" }, body: "" });
          return undefined;
        }
        return {
          data(bytes, start, end) {
            call.body += bytes.toString("latin1", start, end);
          },
          end() {
            call.hasEnded = true;
            if (plan === "succeed") exchange.answer(ok);
          },
          closed: () => void call.closed++,
        };
      },
    },
  });
  const say = (text: string) => connection.read(Buffer.from(text, "latin1"), 0, text.length);
  const codes = () =>
    seen.written
      .join("")
      .match(/HTTP\/1\.1 \d+/g)
      ?.map((line) => Number(line.slice(9))) ?? [];
  return { connection, seen, at, say, ok, codes };
}

const post = (body: string, more = "") => `POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n${more}\r\n${body}`;

describe("a connection with plain requests", () => {
  it("answers those of one reading in one write, however they are cut", () => {
    const bytes = post("abc") + post("") + post("de\r\n\r\nf");
    const whole = rig();
    whole.say(bytes);
    expect(whole.codes()).toEqual([200, 200, 200]);
    expect(whole.seen.written).toHaveLength(1);
    for (let size = 1; size < bytes.length; size++) {
      const cut = rig();
      for (let from = 0; from < bytes.length; from += size) cut.say(bytes.slice(from, from + size));
      expect(cut.seen.calls.map(({ body, hasEnded }) => [body, hasEnded])).toEqual([
        ["abc", true],
        ["", true],
        ["de\r\n\r\nf", true],
      ]);
      expect([cut.codes(), cut.seen.handedOver, cut.seen.ended]).toEqual([[200, 200, 200], [], 0]);
    }
  });

  it("says in each answer what it holds, when it was, and that the connection stays", () => {
    const one = rig();
    one.say(post("abc"));
    expect(one.seen.written[0]).toMatch(
      /^HTTP\/1\.1 200 OK\r\ncontent-length: 3\r\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\nConnection: keep-alive\r\nKeep-Alive: timeout=65\r\n\r\nyes$/,
    );
  });

  it("answers in the order of the requests, whatever is ready first", () => {
    const one = rig({ plan: "nothing" });
    one.say(post("a") + post("b"));
    one.seen.calls[1].exchange.answer({ code: 500, headers: {}, body: "" });
    expect(one.codes()).toEqual([]);
    one.seen.calls[0].exchange.answer(one.ok);
    expect(one.codes()).toEqual([200, 500]);
    expect(one.seen.calls.map(({ closed }) => closed)).toEqual([1, 1]);
  });

  it("closes after the request that asks for it, and looks at nothing behind", () => {
    const one = rig({ plan: "nothing" });
    one.say(post("a", "connection: close\r\n") + post("b"));
    expect([one.seen.calls.length, one.seen.ended]).toEqual([1, 0]);
    one.seen.calls[0].exchange.answer(one.ok);
    expect([one.seen.written[0].includes("Connection: close"), one.seen.ended]).toEqual([true, 1]);
  });

  it("keeps going after a refusal, once the body has been thrown away", () => {
    const one = rig({ plan: "refuse" });
    one.say(post("x".repeat(5000)).slice(0, 200));
    expect(one.codes()).toEqual([429]);
    one.say(post("x".repeat(5000)).slice(200) + post("y"));
    expect([one.codes(), one.seen.ended]).toEqual([[429, 429], 0]);
  });

  it("closes after the refusal of a body that is too long to be thrown away", () => {
    const one = rig({ plan: "refuse" });
    one.say("POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999\r\n\r\nabc");
    expect([one.seen.written[0].includes("Connection: close"), one.seen.ended]).toEqual([true, 1]);
  });
});

describe("a connection on which something else comes", () => {
  it.each([
    "GET / HTTP/1.1\r\n",
    post("abc", "transfer-encoding: chunked\r\n"),
    "POST /v1/traces HTTP/1.1\nhost: x\n\n",
    `${post("").slice(0, -2)}x: ${"y".repeat(20_000)}`,
  ])("is handed over with all that was not answered: %.30j", (odd) => {
    for (const size of [odd.length + 200, 7]) {
      const one = rig();
      const bytes = post("a") + odd;
      let given = "";
      for (let from = 0; from < bytes.length && one.seen.handedOver.length === 0; from += size) {
        given = bytes.slice(0, from + size);
        one.say(bytes.slice(from, from + size));
      }
      expect(one.codes()).toEqual([200]);
      expect([post("a") + one.seen.handedOver.join(""), one.seen.unreadable]).toEqual([given, 0]);
    }
  });

  it("is handed over only when what came before is answered, and not read meanwhile", () => {
    const one = rig({ plan: "nothing" });
    one.say(`${post("a")}GET / HTTP/1.1\r\n`);
    expect([one.seen.handedOver, one.seen.pauses]).toEqual([[], 1]);
    one.say("host: x\r\n");
    one.seen.calls[0].exchange.answer(one.ok);
    expect([one.codes(), one.seen.handedOver]).toEqual([[200], ["GET / HTTP/1.1\r\nhost: x\r\n"]]);
  });
});

describe("a connection that does not get on", () => {
  it.each([
    ["says nothing", "", 1000],
    ["leaves a head half", "POST /v1/tra", 1000],
    ["leaves a body half", post("abc").slice(0, -1), 3000],
  ])("hears 408 and ends: %s", (_what, text, afterMs) => {
    const one = rig();
    if (text !== "") one.say(text);
    one.at.ms = afterMs - 1;
    one.connection.sweep();
    expect(one.seen.ended).toBe(0);
    one.at.ms = afterMs;
    one.connection.sweep();
    expect([one.codes(), one.seen.ended, one.seen.unreadable, one.seen.calls.every(({ closed }) => closed === 1)]).toEqual([[408], 1, 1, true]);
  });

  it("hears 400 when it stops halfway, and nothing more when it has been answered already", () => {
    const half = rig();
    half.say(post("abc").slice(0, -1));
    half.connection.finished();
    expect([half.codes(), half.seen.unreadable, half.seen.ended]).toEqual([[400], 1, 1]);
    const refused = rig({ plan: "refuse" });
    refused.say(post("abc").slice(0, -1));
    refused.connection.finished();
    expect([refused.codes(), refused.seen.ended]).toEqual([[429], 1]);
  });

  it("ends when it is idle for long, and not while an answer is due", () => {
    const idle = rig();
    idle.say(post("a"));
    const waits = rig({ plan: "nothing" });
    waits.say(post("a"));
    idle.at.ms = waits.at.ms = 66_000;
    idle.connection.sweep();
    waits.connection.sweep();
    expect([idle.seen.ended, waits.seen.ended, idle.seen.unreadable]).toEqual([1, 0, 0]);
  });

  it("is not read while its client leaves answers, and is cut when that lasts", () => {
    const one = rig();
    one.at.unsent = 100_000;
    one.say(post("a"));
    expect(one.seen.pauses).toBe(1);
    one.at.unsent = 0;
    one.connection.drained();
    expect(one.seen.resumes).toBe(1);
    one.at.unsent = 100_000;
    one.at.ms = 30_000;
    one.connection.sweep();
    expect(one.seen.cut).toBe(1);
  });

  it("is not read while very many requests are unanswered", () => {
    const one = rig({ plan: "nothing" });
    one.say(post("").repeat(300));
    expect([one.seen.calls.length, one.seen.pauses]).toEqual([300, 1]);
    for (const { exchange } of one.seen.calls) exchange.answer(one.ok);
    expect([one.codes().length, one.seen.resumes]).toEqual([300, 1]);
  });
});

describe("a connection that is to go", () => {
  it("goes at once when it is idle, after its answers when not, and says so in the last", () => {
    const idle = rig();
    idle.say(post("a"));
    idle.connection.drain();
    expect(idle.seen.ended).toBe(1);
    const busy = rig({ plan: "nothing" });
    busy.say(post("a"));
    busy.connection.drain();
    expect(busy.seen.ended).toBe(0);
    busy.seen.calls[0].exchange.answer(busy.ok);
    expect([busy.seen.written[0].includes("Connection: close"), busy.seen.ended]).toEqual([true, 1]);
  });

  it("gives back what is open when its client has gone, and says nothing any more", () => {
    const one = rig({ plan: "nothing" });
    one.say(post("a") + post("bcd").slice(0, -1));
    one.connection.closed();
    one.connection.closed();
    for (const { exchange } of one.seen.calls) exchange.answer(one.ok);
    expect([one.seen.calls.map(({ closed }) => closed), one.seen.written]).toEqual([[1, 1], []]);
  });
});
