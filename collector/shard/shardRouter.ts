import type { MessagePort } from "node:worker_threads";
import { columnsLengthMax, packColumns, unpackColumns } from "../otlp/packColumns.ts";
import { SpanTable } from "../otlp/spanTable.ts";
import { ACCEPTED, type Answer, refusal } from "../receive/answer.ts";
import { type PartAbout, ShardOutbox, type ShardParcel, type ShardPart, type ShardReceipt, type WrittenPart } from "./shardOutbox.ts";
import { RequestSplitter } from "./splitRequest.ts";

/** A part that another thread sent and that has no room now is tried again so often, for so long: its other parts have been taken in already. */
const RETRY_MS = 20;
const RETRY_FOR_MS = 20_000;
const BUSY_RETRY_MS = 1000;

/** What the scan of a request found, under which policy. */
export type Scanned = { table: SpanTable; policyHash: string };

/** Takes a request, all of whose spans belong to this shard; a refusal is counted by whoever received it. */
export type TakeShard = (bytes: Buffer, start: number, end: number, about: PartAbout, scanned: Scanned) => Answer | Promise<Answer>;

type Parts = {
  own: number;
  seed: number;
  /** To every other shard, by its number; none at its own. */
  ports: readonly (MessagePort | undefined)[];
  /** One place for each shard; not 0: it takes nothing now. */
  closed: Int32Array;
};

/**
 * Whole traces over several threads: each decides on the traces whose id hashes to it, whoever received them. What the receiving thread's scan found goes along, so that nothing
 * is read twice. A request is acknowledged when all its parts are taken in. It is refused before anything of it is handed over, where a shard has said that it has no room; where
 * one finds out only afterwards, the part waits there until it has.
 */
export class ShardRouter {
  readonly #own: number;
  readonly #splitter: RequestSplitter;
  readonly #outboxes: (ShardOutbox | undefined)[];
  readonly #closed: Int32Array;
  readonly #received = new SpanTable({ forTraces: true });
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

  /** A request that has been read. A refusal has changed nothing anywhere. */
  accept(bytes: Buffer, start: number, end: number, about: PartAbout, scanned: Scanned): Answer | Promise<Answer> {
    const splitter = this.#splitter;
    splitter.split(bytes, scanned.table);
    if (splitter.spans[this.#own] === scanned.table.spans) return this.#take(bytes, start, end, about, scanned);
    const shards = this.#shardsOfRequest();
    for (const shard of shards) {
      if (Atomics.load(this.#closed, shard) !== 0) return refusal("queue_full", "a thread that some of its traces belong to has no room", BUSY_RETRY_MS);
      if (this.#outboxes[shard]?.hasRoom(end - start) === false) return refusal("busy", "too much is on its way between threads", BUSY_RETRY_MS);
    }
    let own: Answer | Promise<Answer> | undefined;
    if (splitter.spans[this.#own] > 0) {
      // Refused here, nothing has been handed over yet.
      own = this.#takeOwn(about, scanned.policyHash);
      if (!(own instanceof Promise) && !own.ok) return own;
    }
    const answers: (Answer | Promise<Answer>)[] = own === undefined ? [] : [own];
    for (const shard of shards) {
      const outbox = this.#outboxes[shard];
      if (outbox === undefined) continue;
      const size = splitter.size(shard) + 3 + columnsLengthMax(scanned.table, splitter.spans[shard]) * 4;
      answers.push(outbox.add(size, about, (out, at) => this.#write(shard, out, at, scanned.policyHash)));
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

  #takeOwn(about: PartAbout, policyHash: string): Answer | Promise<Answer> {
    const splitter = this.#splitter;
    const size = splitter.size(this.#own);
    if (this.#scratch.length < size) this.#scratch = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(size)));
    const end = splitter.write(this.#own, this.#scratch, 0);
    return this.#take(this.#scratch, 0, end, about, { table: splitter.part, policyHash });
  }

  #write(shard: number, out: Buffer, at: number, policyHash: string): WrittenPart {
    const splitter = this.#splitter;
    const end = splitter.write(shard, out, at);
    const columnsAt = (end + 3) & ~3;
    const columns = packColumns(splitter.part, new Int32Array(out.buffer, out.byteOffset + columnsAt, columnsLengthMax(splitter.part, splitter.part.spans)));
    return { end, columnsAt, columns, policyHash };
  }

  async #unpack({ number, buffer, parts }: ShardParcel, port: MessagePort): Promise<void> {
    const bytes = Buffer.from(buffer);
    const answers = await Promise.all(parts.map((part) => this.#takeForeign(bytes, part)));
    const receipt: ShardReceipt = { kind: "receipt", number, buffer, answers };
    port.postMessage(receipt, [buffer]);
  }

  async #takeForeign(bytes: Buffer, { start, end, columnsAt, columns, about, policyHash }: ShardPart): Promise<Answer> {
    const found = new Int32Array(bytes.buffer, bytes.byteOffset + columnsAt, columns);
    for (let waitedMs = 0; ; waitedMs += RETRY_MS) {
      unpackColumns(found, this.#received);
      const answer = await this.#take(bytes, start, end, about, { table: this.#received, policyHash });
      if (answer.ok || answer.retryAfterMs === undefined || waitedMs >= RETRY_FOR_MS) return answer;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
