import { gzipSync, zstdCompressSync } from "node:zlib";
import { Admission } from "#collector/receive/admission.ts";
import { ACCEPTED, type Intake } from "#collector/receive/answer.ts";
import { BodyPool } from "#collector/receive/bodyPool.ts";
import { Client } from "#collector/receive/client.ts";
import { decompress } from "#collector/receive/decompress.ts";
import { GrpcCall } from "#collector/receive/grpcCall.ts";
import { SlowRequests } from "#collector/receive/slowRequests.ts";
import { mutate } from "../mutate.ts";
import { pick, type Random } from "../random.ts";
import { ensure, type FuzzTarget } from "../target.ts";

const REQUEST_BYTES_MAX = 4000;
const ENCODINGS = ["identity", "gzip", "zstd"] as const;

function frame(random: Random): Buffer {
  const content = Buffer.from(Array.from({ length: random(20) === 0 ? random(9000) : random(300) }, () => random(8)));
  const encoding = pick(random, ENCODINGS);
  const isCompressed = encoding !== "identity" && random(4) > 0;
  const message = !isCompressed ? content : encoding === "gzip" ? gzipSync(content) : zstdCompressSync(content);
  const head = Buffer.alloc(6);
  head[0] = ENCODINGS.indexOf(encoding);
  head[1] = random(20) === 0 ? random(256) : isCompressed ? 1 : 0;
  head.writeUInt32BE(random(10) === 0 ? pick(random, [0, 1, 4096, 2 ** 31, 2 ** 32 - 1]) : message.length, 2);
  return Buffer.concat([head, message]);
}

/** A unary call's body in DATA frames of any size: the header of its message, what follows, and that everything is given back. */
export const grpcMessage: FuzzTarget = {
  name: "grpc-message",
  generate(random) {
    const body = frame(random);
    return random(2) === 0 ? body : mutate(body, frame(random), random);
  },
  async check(input, random) {
    const encoding = ENCODINGS[(input[0] ?? 0) % 3];
    const body = input.subarray(1);
    const answers: string[] = [];
    let offered: Buffer | undefined;
    const intake: Intake = {
      accept(bytes, start, end) {
        offered = Buffer.from(bytes.subarray(start, end));
        return ACCEPTED;
      },
      refused() {},
      bytesReceived() {},
      buffersDropped() {},
      network() {},
      acknowledged() {},
    };
    const admission = new Admission({ requestBytesMax: REQUEST_BYTES_MAX, concurrentRequestsMax: 10, clientRequestsMax: 10 });
    const client = new Client();
    const slow = new SlowRequests<GrpcCall>(10_000, () => {});
    const stream = {
      succeed: () => void answers.push("0"),
      fail: (trailers: { "grpc-status": string }) => void answers.push(trailers["grpc-status"]),
      reject: () => void answers.push("rejected"),
    };
    const head = { method: "POST", path: "", contentType: "application/grpc", encoding, authorization: undefined, isSample: false };
    const call = GrpcCall.begin(stream, head, client, { intake, admission, pool: new BodyPool(), requestTimeoutMs: 10_000 }, slow);
    if (call === undefined) throw new Error("not let in");
    for (let at = 0; at < body.length; ) {
      const next = Math.min(body.length, at + 1 + random(random(2) === 0 ? 8 : 2000));
      call.data(body, at, next);
      at = next;
    }
    call.end();
    await new Promise((resolve) => setImmediate(resolve));
    call.closed();
    slow.stop();
    ensure(answers.length === 1, () => `${answers.length} answers`);
    ensure(
      admission.bytes === 0 && admission.requests === 0 && client.requests === 0,
      () => `${admission.bytes} bytes and ${admission.requests} requests are not given back`,
    );
    const wanted = await contentOf(body, encoding);
    ensure(
      wanted === undefined ? offered === undefined : offered?.equals(wanted) === true,
      () => `${offered?.length} bytes were taken in, ${wanted?.length} came`,
    );
    ensure((answers[0] === "0") === (wanted !== undefined), () => `answered ${answers[0]}`);
  },
};

/** What the body holds, when it is exactly one message (gRPC over HTTP/2, "Length-Prefixed-Message"). */
async function contentOf(body: Buffer, encoding: (typeof ENCODINGS)[number]): Promise<Buffer | undefined> {
  if (body.length < 5 || body[0] > 1 || body.readUInt32BE(1) !== body.length - 5 || body.length - 5 > REQUEST_BYTES_MAX) return undefined;
  const message = body.subarray(5);
  if (body[0] === 0) return message;
  if (encoding === "identity") return undefined;
  const plain = await decompress(message, encoding, REQUEST_BYTES_MAX);
  return Buffer.isBuffer(plain) ? plain : undefined;
}
