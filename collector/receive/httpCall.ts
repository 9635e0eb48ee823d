import type { OtlpSignal } from "../signals/otlpPaths.ts";
import { type Answer, type Refusal, type RefusalReason, refusal } from "./answer.ts";
import type { Client } from "./client.ts";
import { decompress, type Encoding } from "./decompress.ts";
import { acceptedAnswer, type BodyKind, statusAnswer } from "./httpAnswer.ts";
import type { HttpAnswer, HttpReading } from "./httpEngine.ts";
import { jsonToProtobuf } from "./jsonToProtobuf.ts";
import { offerRequest, type ReceiverParts } from "./offerRequest.ts";
import { RequestBody } from "./requestBody.ts";

const HTTP_CODES: Record<RefusalReason, number> = {
  queue_full: 429,
  busy: 503,
  draining: 503,
  memory_limit: 429,
  client_limit: 429,
  client_share: 429,
  wal_full: 429,
  wal_behind: 429,
  wal_failed: 429,
  malformed: 400,
  too_deep: 400,
  too_large: 413,
  unsupported: 415,
  unauthenticated: 401,
  not_taken: 501,
};

/** Of a request that may be read. `contentLength` 0: not said. */
export type CallHead = { signal: OtlpSignal; kind: BodyKind; encoding: Encoding; isSample: boolean; contentLength: number };

type CallParts = Pick<ReceiverParts, "intake" | "admission" | "pool" | "random">;

/** One export request, from its head to its answer. */
export class HttpCall implements HttpReading {
  readonly #head: CallHead;
  readonly #client: Client;
  readonly #parts: CallParts;
  readonly #send: (answer: HttpAnswer) => void;
  readonly #startedAt = performance.now();
  readonly #bytesMax: number;
  readonly #body: RequestBody;
  #networkMs = 0;
  #isOver = false;
  /** While it waits for its turn. */
  #waiting: (() => number) | undefined;

  /** Undefined when it was refused, and answered, at once. */
  static begin(head: CallHead, client: Client, parts: CallParts, send: (answer: HttpAnswer) => void): HttpCall | undefined {
    const refused = parts.admission.enter(client);
    const call = new HttpCall(head, client, parts, send);
    if (refused !== undefined) {
      call.#turnAway(refused);
      return undefined;
    }
    if (head.contentLength <= call.#bytesMax) return call;
    call.#refuse(call.#tooLarge());
    return undefined;
  }

  private constructor(head: CallHead, client: Client, parts: CallParts, send: (answer: HttpAnswer) => void) {
    this.#head = head;
    this.#client = client;
    this.#parts = parts;
    this.#send = send;
    this.#bytesMax = parts.admission.settings.requestBytesMax;
    this.#body = new RequestBody(parts.pool, parts.admission, this.#bytesMax);
    this.#body.expect(head.contentLength);
  }

  data(bytes: Buffer, start: number, end: number): void {
    if (this.#isOver) return;
    const taken = this.#body.append(bytes, start, end);
    if (taken === "ok") return;
    this.#refuse(taken === "too_large" ? this.#tooLarge() : refusal("busy", "too many bytes are being read at the same time", 1000));
  }

  end(): void {
    if (this.#isOver) return;
    const body = this.#body;
    const { intake } = this.#parts;
    this.#networkMs = performance.now() - this.#startedAt;
    intake.network(this.#networkMs / 1000);
    intake.bytesReceived(body.length);
    const { encoding } = this.#head;
    if (encoding === "identity") return this.#inTurn(() => this.#offer(body.bytes, body.length));
    this.#inTurn(() => {
      const plain = decompress(body.bytes.subarray(0, body.length), encoding, this.#bytesMax);
      if (!(plain instanceof Promise)) return this.#decompressed(plain);
      // Done by another thread; what comes out of it takes its turn again.
      void plain.then((result) => !this.#isOver && this.#inTurn(() => this.#decompressed(result)));
      return 0;
    });
  }

  /** Gives everything back; calling it again does nothing. */
  closed(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#waiting !== undefined) this.#parts.admission.turns.cancel(this.#client.line, this.#waiting);
    this.#body.release();
    this.#parts.admission.leave(this.#client);
  }

  #inTurn(take: () => number): void {
    this.#waiting = () => {
      this.#waiting = undefined;
      return take();
    };
    this.#parts.admission.turns.take(this.#client.line, this.#waiting);
  }

  #decompressed(plain: Buffer | Refusal): number {
    const length = Buffer.isBuffer(plain) ? plain.length : 0;
    this.#parts.intake.buffersDropped(length);
    return this.#offer(plain, length);
  }

  #offer(plain: Buffer | Refusal, length: number): number {
    const { kind, signal, isSample } = this.#head;
    const otlp = Buffer.isBuffer(plain) && kind === "json" ? jsonToProtobuf(plain, 0, length, signal) : plain;
    if (!Buffer.isBuffer(otlp)) {
      this.#parts.intake.refused(otlp.reason);
      this.#answer(otlp);
      return length;
    }
    const about = { isSample, networkMs: this.#networkMs };
    const given = offerRequest(this.#parts, this.#client, otlp, 0, otlp === plain ? length : otlp.length, about);
    if (given instanceof Promise) {
      this.#body.release();
      void given.then((answer) => this.#answer(answer));
    } else this.#answer(given);
    return length;
  }

  #tooLarge(): Refusal {
    return refusal("too_large", `the request has more than ${this.#bytesMax} bytes (receive.requestBytesMax)`);
  }

  /** Of a request that was let in, before it is whole. */
  #refuse(refused: Refusal): void {
    this.#turnAway(refused);
    this.closed();
  }

  #turnAway(refused: Refusal): void {
    this.#parts.intake.refused(refused.reason);
    this.#say(refused);
  }

  #answer(given: Answer): void {
    // The client may have gone while the answer was on its way.
    if (this.#isOver) return;
    this.#say(given);
    this.#parts.intake.acknowledged((performance.now() - this.#startedAt) / 1000);
    this.closed();
  }

  #say(given: Answer): void {
    const { kind } = this.#head;
    this.#send(given.ok ? acceptedAnswer(kind) : statusAnswer(kind, HTTP_CODES[given.reason], given, this.#parts.random ?? Math.random));
  }
}
