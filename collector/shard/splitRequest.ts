import { DEFAULT_TIERS } from "#domain/sampling/samplingPolicy.ts";
import { checkHeaders } from "../otlp/checkHeaders.ts";
import { frameShard, shardSize } from "../otlp/frameShard.ts";
import { scanTraces } from "../otlp/scanTraces.ts";
import { SpanTable } from "../otlp/spanTable.ts";
import { compilePolicy } from "../sample/compilePolicy.ts";
import { hashTraceId } from "../sample/trace/hashTraceId.ts";

/** Takes requests apart by trace: whichever request a span comes with, its trace's shard is the same. */
export class RequestSplitter {
  readonly #table = new SpanTable({ forTraces: true });
  readonly #matcher = compilePolicy({ scope: "span", tiers: DEFAULT_TIERS }).matcher;
  readonly #shards: number;
  readonly #seed: number;
  #shardOf = new Uint8Array(4096);
  #bytes: Buffer = Buffer.alloc(0);
  /** Spans by shard. */
  readonly spans: Int32Array;

  /** `seed`: the same for all threads, and for every start, as what waits on disk stays with its shard. */
  constructor(shards: number, seed: number) {
    this.#shards = shards;
    this.#seed = seed;
    this.spans = new Int32Array(shards);
  }

  /** ≥ 0: how many spans the request has, each checked all the way down; negative: a code of the scan that refuses it as a whole. */
  read(bytes: Buffer, start: number, end: number): number {
    const table = this.#table;
    const found = scanTraces(bytes, start, end, table, this.#matcher);
    this.spans.fill(0);
    if (found <= 0) return found;
    const code = checkHeaders(bytes, table);
    if (code < 0) return code;
    if (this.#shardOf.length < found) this.#shardOf = new Uint8Array(table.start.length);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let span = 0; span < found; span++) {
      const shard = this.#shardAt(view, table.idAt[span]);
      this.#shardOf[span] = shard;
      this.spans[shard]++;
    }
    this.#bytes = bytes;
    return found;
  }

  /** Bytes of the request that has what belongs to a shard; `write` has to follow before another shard is asked for. */
  size(shard: number): number {
    return shardSize(this.#table, this.#shardOf, shard);
  }

  write(shard: number, out: Buffer, at: number): number {
    return frameShard(this.#bytes, this.#table, this.#shardOf, shard, out, at);
  }

  #shardAt(view: DataView, at: number): number {
    if (at === 0) return 0;
    const hash = hashTraceId(view.getInt32(at), view.getInt32(at + 4), view.getInt32(at + 8), view.getInt32(at + 12), this.#seed);
    return (hash >>> 0) % this.#shards;
  }
}
