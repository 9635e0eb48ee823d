import protobuf from "protobufjs";
import { otlpProto } from "#bench/otlpProto.ts";
import { pick, type Random } from "./random.ts";

const { root } = protobuf.parse(otlpProto, { keepCase: true });
root.resolveAll();

const KEYS = ["http.route", "url.path", "rpc.method", "service.name", "http.status", "k", "ключ", "db.system.name.that.is.long", ""];
const TEXTS = [
  "GET /api/payment",
  "/api/checkout/{id}",
  "/api/cart",
  "GET",
  "",
  "aab",
  "aaab",
  "π/é😀",
  "x".repeat(140),
  "postgresql",
  "/api/pay",
  "\u{10ffff}\u0000",
];
const STATES = [
  "ot=th:8",
  "ot=th:c;rv:00112233445566",
  "ot=rv:ffffffffffffff",
  "vendor=1,ot=th:4;rv:80000000000000",
  "ot=a:1;;th:4;b:2",
  " ot=th:c ",
  "a=b",
  "ot=",
  "ключ=1",
];
const NOT_TEXTS = [[0xff], [0xc3], [0x61, 0x80], [0xed, 0xa0, 0x80], [0xc0, 0xaf], [0xf4, 0x90, 0x80, 0x80]];
const NUMBERS = [0n, 1n, 2n, 200n, 500n, 2n ** 53n + 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n, 127n, 128n, 16384n];
const BASE_NS = 1_700_000_000_000_000_000n;

/** How unlike a well-behaved encoder the input is; each one in so many, 0 never. */
type Wildness = { unknown: number; overlong: number; notText: number; badId: number; lie: number; deep: number };
const TAME: Wildness = { unknown: 0, overlong: 0, notText: 0, badId: 0, lie: 0, deep: 0 };

/**
 * An ExportTraceServiceRequest, most often a valid one: fields in any order at every level, repeated, merged from pieces, with unknown fields and groups among them, tags and lengths longer
 * than they need be, and now and then something that no reader may take.
 */
export function generateRequest(random: Random): Buffer {
  const wildness = random(4) === 0 ? TAME : wild(random);
  return new Generator(random, wildness).message(root.lookupType("ExportTraceServiceRequest"), 0);
}

function wild(random: Random): Wildness {
  const rare = (of: number) => (random(of) === 0 ? 20 + random(80) : 0);
  return { unknown: random(2) * (3 + random(30)), overlong: random(2) * (3 + random(30)), notText: rare(12), badId: rare(12), lie: rare(12), deep: rare(12) };
}

class Generator {
  readonly #random: Random;
  readonly #wild: Wildness;
  /** Bounds the whole: every message written takes from it. */
  #budget: number;
  readonly #traceIds: Buffer[];

  constructor(random: Random, wildness: Wildness) {
    this.#random = random;
    this.#wild = wildness;
    this.#budget = 8 + random(150);
    this.#traceIds = Array.from({ length: 1 + random(4) }, () => this.#noise(16));
  }

  message(type: protobuf.Type, depth: number): Buffer {
    const random = this.#random;
    const parts: Buffer[] = [];
    const many = type.name === "Span" ? random(16) : depth < 3 ? 1 + random(6) : random(4);
    for (let count = many; count > 0 && this.#budget-- > 0; count--) {
      if (this.#is(this.#wild.unknown)) parts.push(this.#unknown(0));
      // Mostly what holds spans, on the way to them.
      const field = depth < 3 && random(2) === 0 ? type.fieldsArray.find(({ name }) => /spans$/.test(name)) : undefined;
      parts.push(this.#field(field ?? pick(random, type.fieldsArray), depth));
    }
    if (this.#is(this.#wild.unknown)) parts.push(this.#unknown(0));
    return Buffer.concat(parts);
  }

  #is(oneIn: number): boolean {
    return oneIn > 0 && this.#random(oneIn) === 0;
  }

  #field(field: protobuf.Field, depth: number): Buffer {
    const random = this.#random;
    if (field.resolvedType instanceof protobuf.Type) {
      if (field.resolvedType.name === "AnyValue" && this.#is(this.#wild.deep))
        return this.#lengthDelimited(field.id, this.#deepValue(random(3) === 0 ? 45 + random(10) : random(60)));
      return this.#lengthDelimited(field.id, depth > 12 ? Buffer.alloc(0) : this.message(field.resolvedType, depth + 1));
    }
    switch (field.type) {
      case "string":
        return this.#lengthDelimited(field.id, this.#text(field.name));
      case "bytes":
        return this.#lengthDelimited(field.id, this.#bytes(field.name));
      case "double":
        return this.#tagged(field.id, 1, pick(random, [Buffer.alloc(8), this.#noise(8), Buffer.from([0, 0, 0, 0, 0, 0x40, 0x7f, 0x40])]));
      case "fixed64": {
        const value = Buffer.alloc(8);
        value.writeBigUInt64LE(random(3) === 0 ? pick(random, NUMBERS) : BASE_NS + BigInt(random(3)) * 500_000_000n + BigInt(random(2)));
        return this.#tagged(field.id, 1, value);
      }
      case "fixed32":
        return this.#tagged(field.id, 5, this.#noise(4));
      default:
        return this.#tagged(field.id, 0, this.#varint(random(2) === 0 ? BigInt(random(7)) : pick(random, NUMBERS), 10));
    }
  }

  #text(name: string): Buffer {
    const random = this.#random;
    if (this.#is(this.#wild.notText)) return Buffer.from([...Buffer.from(pick(random, TEXTS)), ...pick(random, NOT_TEXTS)]);
    if (name === "key") return Buffer.from(pick(random, KEYS));
    return Buffer.from(pick(random, name === "trace_state" && random(2) === 0 ? STATES : TEXTS));
  }

  #bytes(name: string): Buffer {
    const random = this.#random;
    const length = name === "trace_id" ? 16 : name.endsWith("span_id") ? 8 : random(6);
    if (length >= 8 && this.#is(this.#wild.badId)) return this.#noise(random(40));
    if (length >= 8 && random(8) === 0) return random(2) === 0 ? Buffer.alloc(0) : Buffer.alloc(length);
    return length === 16 ? pick(random, this.#traceIds) : this.#noise(length);
  }

  #noise(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.#random(256)));
  }

  /** Lists and maps inside each other; each level is two or four messages. */
  #deepValue(levels: number): Buffer {
    let value: Buffer = Buffer.alloc(0);
    for (let level = 0; level < levels; level++) {
      const isList = this.#random(2) === 0;
      value = this.#lengthDelimited(isList ? 5 : 6, this.#lengthDelimited(1, isList ? value : this.#lengthDelimited(2, value)));
    }
    return value;
  }

  #unknown(depth: number): Buffer {
    const random = this.#random;
    const number = pick(random, [20 + random(100), 2000 + random(200_000), 536_870_911]);
    switch (random(depth > 4 ? 4 : 6)) {
      case 0:
        return this.#tagged(number, 0, this.#varint(pick(random, NUMBERS), 10));
      case 1:
        return this.#tagged(number, 1, this.#noise(8));
      case 2:
        return this.#lengthDelimited(number, this.#noise(random(200)));
      case 3:
        return this.#tagged(number, 5, this.#noise(4));
      case 4: {
        // A known number with another wire type is an unknown field as well.
        const known = 1 + random(16);
        return random(2) === 0 ? this.#group(known, []) : this.#tagged(known, 5, this.#noise(4));
      }
      default:
        return this.#group(
          number,
          Array.from({ length: random(3) }, () => this.#unknown(depth + 1)),
        );
    }
  }

  #group(number: number, content: Buffer[]): Buffer {
    return Buffer.concat([this.#tag(number, 3), ...content, this.#tag(this.#is(this.#wild.lie) ? number - 1 : number, 4)]);
  }

  #lengthDelimited(number: number, content: Buffer): Buffer {
    const lie = this.#is(this.#wild.lie) ? pick(this.#random, [1, 5, 1000, 2 ** 31 - 1, 2 ** 32 - 1, 2 ** 40, -1]) : 0;
    return Buffer.concat([this.#tag(number, 2), this.#varint(BigInt(Math.max(0, content.length + lie)), 5), content]);
  }

  #tagged(number: number, wireType: number, content: Buffer): Buffer {
    return Buffer.concat([this.#tag(number, wireType), content]);
  }

  #tag(number: number, wireType: number): Buffer {
    return this.#varint(BigInt(number * 8 + wireType), 5);
  }

  /** Sometimes longer than it need be, within `bytesMax`. */
  #varint(value: bigint, bytesMax: number): Buffer {
    const out: number[] = [];
    for (let rest = value; out.length === 0 || rest > 0n; rest >>= 7n) out.push(Number(rest & 127n) | 128);
    if (this.#is(this.#wild.overlong)) for (let more = 1 + this.#random(4); more > 0 && out.length < bytesMax; more--) out.push(128);
    out[out.length - 1] &= 127;
    return Buffer.from(out);
  }
}
