import { frameShard, shardSize } from "../otlp/frameShard.ts";
import { SpanTable } from "../otlp/spanTable.ts";
import { hashTraceId } from "../sample/trace/hashTraceId.ts";

/** Takes requests apart by trace: whichever request a span comes with, its trace's shard is the same. */
export class RequestSplitter {
  readonly #shards: number;
  readonly #seed: number;
  #shardOf = new Uint8Array(4096);
  #bytes: Buffer = Buffer.alloc(0);
  #table: SpanTable | undefined;
  /** Spans by shard. */
  readonly spans: Int32Array;
  /** What a scan of what `write` wrote last would find. */
  readonly part = new SpanTable({ forTraces: true });

  /** `seed`: the same for all threads, and for every start, as what waits on disk stays with its shard. */
  constructor(shards: number, seed: number) {
    this.#shards = shards;
    this.#seed = seed;
    this.spans = new Int32Array(shards);
  }

  /** Says which shard each span of a request belongs to; `table` is what its scan found, and holds until the last part is written. */
  split(bytes: Buffer, table: SpanTable): void {
    this.spans.fill(0);
    if (this.#shardOf.length < table.spans) this.#shardOf = new Uint8Array(table.start.length);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let span = 0; span < table.spans; span++) {
      const shard = this.#shardAt(view, table.idAt[span]);
      this.#shardOf[span] = shard;
      this.spans[shard]++;
    }
    this.#bytes = bytes;
    this.#table = table;
  }

  /** Bytes of the request that has what belongs to a shard; `write` has to follow before another shard is asked for. */
  size(shard: number): number {
    return this.#table === undefined ? 0 : shardSize(this.#table, this.#shardOf, shard);
  }

  write(shard: number, out: Buffer, at: number): number {
    return this.#table === undefined ? at : frameShard(this.#bytes, this.#table, this.#shardOf, shard, out, at, this.part);
  }

  #shardAt(view: DataView, at: number): number {
    if (at === 0) return 0;
    const hash = hashTraceId(view.getInt32(at), view.getInt32(at + 4), view.getInt32(at + 8), view.getInt32(at + 12), this.#seed);
    return (hash >>> 0) % this.#shards;
  }
}
