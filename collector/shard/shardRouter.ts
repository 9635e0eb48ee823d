import type { MessagePort } from "node:worker_threads";
import { type AboutRequest, ACCEPTED, type Answer, refusal } from "../receive/answer.ts";
import { ShardOutbox, type ShardParcel, type ShardReceipt } from "./shardOutbox.ts";
import { RequestSplitter } from "./splitRequest.ts";

/** A part that another thread sent and that has no room now is tried again so often, for so long: its other parts have been taken in already. */
const RETRY_MS = 20;
const RETRY_FOR_MS = 20_000;
const BUSY_RETRY_MS = 1000;

/** Takes a request, all of whose spans belong to this shard; a refusal is counted by whoever received it. */
export type TakeShard = (bytes: Buffer, start: number, end: number, about: AboutRequest) => Answer | Promise<Answer>;

type Parts = {
  own: number;
  seed: number;
  /** To every other shard, by its number; none at its own. */
  ports: readonly (MessagePort | undefined)[];
  /** One place for each shard; not 0: it takes nothing now. */
  closed: Int32Array;
};

/**
 * Whole traces over several threads: each decides on the traces whose id hashes to it, whoever received them. A request is acknowledged when all its parts are taken in. It is
 * refused before anything of it is handed over, where a shard has said that it has no room; where one finds out only afterwards, the part waits there until it has.
 */
export class ShardRouter {
  readonly #own: number;
  readonly #splitter: RequestSplitter;
  readonly #outboxes: (ShardOutbox | undefined)[];
  readonly #closed: Int32Array;
  #scratch: Buffer = Buffer.allocUnsafeSlow(1_048_576);
  #take: TakeShard = () => ACCEPTED;

  constructor({ own, seed, ports, closed }: Parts) {
    this.#own = own;
    this.#closed = closed;
    this.#splitter = new RequestSplitter(ports.length, seed);
    this.#outboxes = ports.map((port) => {
      if (port === undefined) return undefined;
      const outbox = new ShardOutbox({ port });
      port.on("message", (message: ShardParcel | ShardReceipt) => {
        if (message.kind === "receipt") outbox.received(message);
        else void this.#unpack(message, port);
      });
      return outbox;
    });
  }

  /** Whoever takes in what belongs to this shard. */
  serve(take: TakeShard): void {
    this.#take = take;
  }

  /** Whether this shard takes anything in now, for the others to know. */
  setOpen(isOpen: boolean): void {
    Atomics.store(this.#closed, this.#own, isOpen ? 0 : 1);
  }

  /** `malformed` and the like: a code of the scan, and nothing has been handed on. */
  accept(bytes: Buffer, start: number, end: number, about: AboutRequest): number | Answer | Promise<Answer> {
    const splitter = this.#splitter;
    const found = splitter.read(bytes, start, end);
    if (found < 0) return found;
    if (found === 0 || splitter.spans[this.#own] === found) return this.#take(bytes, start, end, about);
    const shards = this.#shardsOfRequest();
    for (const shard of shards) {
      if (Atomics.load(this.#closed, shard) !== 0) return refusal("queue_full", "a thread that some of its traces belong to has no room", BUSY_RETRY_MS);
      if (this.#outboxes[shard]?.hasRoom(end - start) === false) return refusal("busy", "too much is on its way between threads", BUSY_RETRY_MS);
    }
    let own: Answer | Promise<Answer> | undefined;
    if (splitter.spans[this.#own] > 0) {
      // Refused here, nothing has been handed over yet.
      own = this.#takeOwn(about);
      if (!(own instanceof Promise) && !own.ok) return own;
    }
    const answers: (Answer | Promise<Answer>)[] = own === undefined ? [] : [own];
    for (const shard of shards) {
      const outbox = this.#outboxes[shard];
      if (outbox === undefined) continue;
      const size = splitter.size(shard);
      answers.push(outbox.add(size, splitter.spans[shard], about, (out, at) => splitter.write(shard, out, at)));
    }
    return Promise.all(answers).then((all) => all.find((answer) => !answer.ok) ?? ACCEPTED);
  }

  /** Everything that still lies here goes. */
  flush(): void {
    for (const outbox of this.#outboxes) outbox?.flush();
  }

  #shardsOfRequest(): number[] {
    const shards: number[] = [];
    for (let shard = 0; shard < this.#splitter.spans.length; shard++) if (this.#splitter.spans[shard] > 0) shards.push(shard);
    return shards;
  }

  #takeOwn(about: AboutRequest): Answer | Promise<Answer> {
    const size = this.#splitter.size(this.#own);
    if (this.#scratch.length < size) this.#scratch = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(size)));
    return this.#take(this.#scratch, 0, this.#splitter.write(this.#own, this.#scratch, 0), about);
  }

  async #unpack({ number, buffer, parts }: ShardParcel, port: MessagePort): Promise<void> {
    const bytes = Buffer.from(buffer);
    const answers = await Promise.all(parts.map(({ start, end, about }) => this.#takeForeign(bytes, start, end, about)));
    const receipt: ShardReceipt = { kind: "receipt", number, buffer, answers };
    port.postMessage(receipt, [buffer]);
  }

  async #takeForeign(bytes: Buffer, start: number, end: number, about: AboutRequest): Promise<Answer> {
    for (let waitedMs = 0; ; waitedMs += RETRY_MS) {
      const answer = await this.#take(bytes, start, end, about);
      if (answer.ok || answer.retryAfterMs === undefined || waitedMs >= RETRY_FOR_MS) return answer;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
