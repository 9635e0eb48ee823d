import http2 from "node:http2";
import { Duplex } from "node:stream";
import { describe, expect, it } from "vitest";
import { seededRandom } from "#collector/sample/wireTestData.ts";
import { HpackDecoder } from "./hpackDecoder.ts";
import { FLAG, FRAME, PREFACE } from "./http2.ts";

function decode(decoder: HpackDecoder, hex: string): string[] | undefined {
  const bytes = Buffer.from(hex.replace(/\s/g, ""), "hex");
  const fields: string[] = [];
  return decoder.decode(bytes, 0, bytes.length, ({ name, value }) => fields.push(`${name}: ${value}`)) ? fields : undefined;
}

const REQUESTS = [
  [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"],
  [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com", "cache-control: no-cache"],
  [":method: GET", ":scheme: https", ":path: /index.html", ":authority: www.example.com", "custom-key: custom-value"],
];
const RESPONSES = [
  [":status: 302", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:21 GMT", "location: https://www.example.com"],
  [":status: 307", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:21 GMT", "location: https://www.example.com"],
  [
    ":status: 200",
    "cache-control: private",
    "date: Mon, 21 Oct 2013 20:13:22 GMT",
    "location: https://www.example.com",
    "content-encoding: gzip",
    "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
  ],
];
/** A table of 256 bytes, as the examples with responses have it. */
const TABLE_256 = "3fe101";

describe("the examples of RFC 7541, Appendix C", () => {
  it.each([
    ["C.2.1, a literal with indexing", "400a637573746f6d2d6b65790d637573746f6d2d686561646572", ["custom-key: custom-header"]],
    ["C.2.2, a literal without indexing", "040c2f73616d706c652f70617468", [":path: /sample/path"]],
    ["C.2.3, a literal that is never indexed", "100870617373776f726406736563726574", ["password: secret"]],
    ["C.2.4, an indexed field", "82", [":method: GET"]],
  ])("%s", (_name, hex, fields) => {
    expect(decode(new HpackDecoder(), hex)).toEqual(fields);
  });

  it.each<[string, string[][], string[]]>([
    [
      "C.3, requests without Huffman codes",
      REQUESTS,
      ["828684410f7777772e6578616d706c652e636f6d", "828684be58086e6f2d6361636865", "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565"],
    ],
    [
      "C.4, requests with Huffman codes",
      REQUESTS,
      ["828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf", "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf"],
    ],
    [
      "C.5, responses without Huffman codes, that fill the table",
      RESPONSES,
      [
        `${TABLE_256}4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d`,
        "4803333037c1c0bf",
        "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31",
      ],
    ],
    [
      "C.6, responses with Huffman codes, that fill the table",
      RESPONSES,
      [
        `${TABLE_256}488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3`,
        "4883640effc1c0bf",
        "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
      ],
    ],
  ])("%s", (_name, expected, blocks) => {
    const decoder = new HpackDecoder();
    expect(blocks.map((hex) => decode(decoder, hex))).toEqual(expected);
  });
});

describe("what can't be decoded", () => {
  it.each([
    ["index 0", "80"],
    ["an index beyond both tables", "be"],
    ["a name beyond both tables", "7f0001 61"],
    ["an integer without end", "ffffffffffffff"],
    ["an integer that is cut off", "ff"],
    ["a string longer than the block", "400a6375"],
    ["a field without its value", "40016b"],
    ["a resize after a field", "8220"],
    ["a table larger than was allowed", "3fe21f"],
    ["Huffman padding of zeros", "40018163 82f8"],
    ["Huffman padding of more than 7 bits", "400161 82 1fff"],
    ["EOS in a string", "400161 84 ffffffff"],
  ])("%s", (_name, hex) => {
    expect(decode(new HpackDecoder(), hex)).toBeUndefined();
  });

  it("an entry that is larger than the table empties it", () => {
    const decoder = new HpackDecoder();
    expect(decode(decoder, "4001610162")).toEqual(["a: b"]);
    expect(decode(decoder, "be")).toEqual(["a: b"]);
    const long = Buffer.alloc(4080, "v").toString("hex");
    expect(decode(decoder, `400161 7ff11e ${long}`)).toEqual([`a: ${"v".repeat(4080)}`]);
    expect(decode(decoder, "be")).toBeUndefined();
  });
});

it("reads what Node's encoder writes: names, values and sizes at random, over many blocks", async () => {
  const random = seededRandom(11);
  const sent: Buffer[] = [];
  const wire = new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      sent.push(Buffer.from(chunk));
      done();
    },
  });
  const session = http2.connect("http://peer", { createConnection: () => wire, peerMaxConcurrentStreams: 1000 });
  const expected: string[][] = [];
  for (let i = 0; i < 300; i++) {
    const headers: Record<string, string> = { ":method": "POST", ":path": `/${random(40)}` };
    for (let field = 0; field < random(12); field++) {
      const value = Array.from({ length: random(random(4) === 0 ? 900 : 20) }, () => String.fromCharCode(33 + random(94))).join("");
      headers[`x-${random(60)}`] = value;
    }
    session.request(headers, { endStream: true });
    expected.push(
      Object.entries(headers)
        .map(([name, value]) => `${name}: ${value}`)
        .sort(),
    );
    await new Promise((resolve) => setImmediate(resolve));
  }
  session.destroy();
  const bytes = Buffer.concat(sent).subarray(PREFACE.length);
  const decoder = new HpackDecoder();
  const decoded: string[][] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUIntBE(at, 3);
    if (bytes[at + 3] === FRAME.headers) {
      expect(bytes[at + 4] & FLAG.endHeaders).toBe(FLAG.endHeaders);
      const from = at + 9 + (bytes[at + 4] & FLAG.priority ? 5 : 0);
      const fields: string[] = [];
      expect(decoder.decode(bytes, from, at + 9 + length, ({ name, value }) => fields.push(`${name}: ${value}`))).toBe(true);
      decoded.push(fields.filter((one) => !one.startsWith(":authority") && !one.startsWith(":scheme")).sort());
    }
    at += 9 + length;
  }
  expect(decoded).toEqual(expected);
});
