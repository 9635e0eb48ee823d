import { GRPC } from "../status/rpcStatus.ts";
import { type AboutRequest, type Answer, type Refusal, refusal } from "./answer.ts";
import type { Client } from "./client.ts";
import { decompress, type Encoding, parseEncoding } from "./decompress.ts";
import { grpcStatus, grpcTrailers } from "./grpcAnswer.ts";
import type { GrpcHead, GrpcReading, GrpcStream } from "./grpcEngine.ts";
import { offerRequest, type ReceiverParts } from "./offerRequest.ts";
import { RequestBody } from "./requestBody.ts";
import type { SlowRequests } from "./slowRequests.ts";

type CallParts = Omit<ReceiverParts, "security">;

const FRAME_HEADER_BYTES = 5;

/** One Export call, from its headers to its answer. */
export class GrpcCall implements GrpcReading {
  readonly #stream: GrpcStream;
  readonly #encoding: Encoding;
  readonly #isSample: boolean;
  readonly #client: Client;
  readonly #parts: CallParts;
  readonly #slow: SlowRequests<GrpcCall>;
  readonly #startedAt = performance.now();
  readonly #bytesMax: number;
  readonly #body: RequestBody;
  #networkMs = 0;
  #entered = false;
  #answered = false;
  /** While it waits for its turn. */
  #waiting: (() => number) | undefined;

  /** Undefined when it was refused at once. */
  static begin(stream: GrpcStream, head: GrpcHead, client: Client, parts: CallParts, slow: SlowRequests<GrpcCall>): GrpcCall | undefined {
    const call = new GrpcCall(stream, head, client, parts, slow);
    return call.#enter() ? call : undefined;
  }

  private constructor(stream: GrpcStream, head: GrpcHead, client: Client, parts: CallParts, slow: SlowRequests<GrpcCall>) {
    this.#stream = stream;
    this.#encoding = parseEncoding(head.encoding) ?? "identity";
    this.#isSample = head.isSample;
    this.#client = client;
    this.#parts = parts;
    this.#slow = slow;
    this.#bytesMax = parts.admission.settings.requestBytesMax;
    this.#body = new RequestBody(parts.pool, parts.admission, this.#bytesMax + FRAME_HEADER_BYTES);
  }

  get #about(): AboutRequest {
    return { isSample: this.#isSample, networkMs: this.#networkMs };
  }

  #enter(): boolean {
    const turnedAway = this.#parts.admission.enter(this.#client);
    if (turnedAway !== undefined) {
      this.#refuse(turnedAway);
      return false;
    }
    this.#entered = true;
    this.#slow.add(this, this.#startedAt);
    return true;
  }

  timeOut(): void {
    if (this.#answered) return;
    this.#answered = true;
    this.#parts.intake.refused("malformed");
    this.#stream.fail(grpcStatus(GRPC.deadlineExceeded, `the request was not complete after ${this.#parts.requestTimeoutMs} ms`));
    this.#leave();
  }

  data(bytes: Buffer, start: number, end: number): void {
    if (this.#answered) return;
    const body = this.#body;
    const before = body.length;
    if (before === 0 && end - start >= FRAME_HEADER_BYTES) body.expect(bytes.readUInt32BE(start + 1) + FRAME_HEADER_BYTES);
    const taken = body.append(bytes, start, end);
    if (taken === "too_large") return this.#refuse(this.#tooLarge());
    if (taken === "busy") return this.#refuse(refusal("busy", "too many bytes are being read at the same time", 1000));
    // Said as soon as the length is known, before the rest of a hopeless request is read.
    if (before < FRAME_HEADER_BYTES && body.length >= FRAME_HEADER_BYTES && body.bytes.readUInt32BE(1) > this.#bytesMax) this.#refuse(this.#tooLarge());
  }

  #tooLarge(): Refusal {
    return refusal("too_large", `the request has more than ${this.#bytesMax} bytes (receive.requestBytesMax)`);
  }

  end(): void {
    if (this.#answered) return;
    this.#slow.remove(this);
    this.#networkMs = performance.now() - this.#startedAt;
    this.#parts.intake.network(this.#networkMs / 1000);
    const body = this.#body;
    const end = body.length;
    this.#parts.intake.bytesReceived(end);
    const flag = end >= FRAME_HEADER_BYTES ? body.bytes[0] : 2;
    if (flag > 1 || body.bytes.readUInt32BE(1) !== end - FRAME_HEADER_BYTES) {
      return this.#refuse(refusal("malformed", "the body is not exactly one gRPC message"));
    }
    if (flag === 0 || this.#encoding === "identity") {
      if (flag === 1) return this.#refuse(refusal("malformed", "the message is marked compressed, but grpc-encoding names no compression"));
      return this.#inTurn(() => this.#offer(body.bytes, FRAME_HEADER_BYTES, end));
    }
    const encoding = this.#encoding;
    this.#inTurn(() => {
      const plain = decompress(body.bytes.subarray(FRAME_HEADER_BYTES, end), encoding, this.#bytesMax);
      if (!(plain instanceof Promise)) return this.#decompressed(plain);
      // Done by another thread; what comes out of it takes its turn again.
      void plain.then((result) => !this.#answered && this.#inTurn(() => this.#decompressed(result)));
      return 0;
    });
  }

  #inTurn(take: () => number): void {
    this.#waiting = () => {
      this.#waiting = undefined;
      return take();
    };
    this.#parts.admission.turns.take(this.#client.line, this.#waiting);
  }

  #decompressed(plain: Buffer | Refusal): number {
    if (Buffer.isBuffer(plain)) {
      this.#parts.intake.buffersDropped(plain.length);
      return this.#offer(plain, 0, plain.length);
    }
    this.#refuse(plain);
    return 0;
  }

  #offer(bytes: Buffer, start: number, end: number): number {
    const answer = offerRequest(this.#parts, this.#client, bytes, start, end, this.#about);
    if (answer instanceof Promise) {
      this.#body.release();
      void answer.then((given) => this.#answer(given));
    } else this.#answer(answer);
    return end - start;
  }

  #refuse(refused: Refusal): void {
    this.#parts.intake.refused(refused.reason);
    this.#answer(refused);
  }

  #answer(answer: Answer): void {
    // The client may have gone while the answer was on its way.
    if (this.#answered) return;
    this.#answered = true;
    if (answer.ok) this.#stream.succeed();
    else this.#stream.fail(grpcTrailers(answer, this.#parts.random ?? Math.random));
    if (this.#entered) this.#parts.intake.acknowledged((performance.now() - this.#startedAt) / 1000);
    this.#leave();
  }

  closed(): void {
    this.#leave();
  }

  #leave(): void {
    if (!this.#entered) return;
    this.#entered = false;
    // A stream that closed before it was whole is the client's doing; nobody is left to answer.
    this.#answered = true;
    this.#slow.remove(this);
    if (this.#waiting !== undefined) this.#parts.admission.turns.cancel(this.#client.line, this.#waiting);
    this.#body.release();
    this.#parts.admission.leave(this.#client);
  }
}
