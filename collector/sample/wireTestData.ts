import fc from "fast-check";
import type { Condition } from "#domain/sampling/condition.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import type { AttributeValue, SpanFacts } from "#domain/sampling/spanFacts.ts";

/** Generated requests and policies for tests, and an encoder of its own that writes every form of one message that protobuf allows. */
export type ModelValue =
  | { kind: "string"; value: string }
  | { kind: "int"; value: bigint }
  | { kind: "double"; value: number }
  | { kind: "bool"; value: boolean }
  | { kind: "bytes"; value: Uint8Array }
  | { kind: "list"; items: ModelValue[] }
  | { kind: "none" };
export type ModelAttribute = { key: string; value: ModelValue };
export type ModelSpan = {
  traceId: Uint8Array;
  spanId: Uint8Array;
  /** Empty for a root; eight zeros mean the same. */
  parent: Uint8Array;
  traceState: string;
  name: string;
  kind: number;
  start: bigint;
  end: bigint;
  status: number;
  attributes: ModelAttribute[];
  extras: number;
};
export type ModelRequest = { resource: ModelAttribute[]; scopes: { name: string; spans: ModelSpan[] }[] }[];

const KEYS = ["http.route", "url.path", "rpc.method", "service.name", "http.status", "k", "ключ", "db.system.name.that.is.long"];
const TEXTS = ["GET /api/payment", "/api/checkout/{id}", "/api/cart", "GET", "", "aab", "aaab", "π/é😀", "x".repeat(140), "postgresql", "/api/pay"];
const NUMBERS = [0, 1, -1, 200, 500, 0.5, 1e308, 9007199254740992, -0];

const text = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...TEXTS) },
  fc.string({ unit: "grapheme", maxLength: 20 }).filter((value) => value.isWellFormed()),
);
const someText = text.filter((value) => value.length > 0 && value.length <= 256);
const pattern = fc.constantFrom("^GET", "pay(ment)?$", "a+b", "^$", "é|π", "[0-9]{2}", "(?i)CHECKOUT");

const scalar: fc.Arbitrary<ModelValue> = fc.oneof(
  { weight: 4, arbitrary: text.map((value): ModelValue => ({ kind: "string", value })) },
  fc
    .oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.constantFrom(0n, 1n, -1n, 200n, 500n, 9007199254740993n))
    .map((value): ModelValue => ({ kind: "int", value })),
  fc.oneof(fc.double(), fc.constantFrom(...NUMBERS)).map((value): ModelValue => ({ kind: "double", value })),
  fc.boolean().map((value): ModelValue => ({ kind: "bool", value })),
  fc.uint8Array({ maxLength: 5 }).map((value): ModelValue => ({ kind: "bytes", value })),
  fc.constant<ModelValue>({ kind: "none" }),
);
const value: fc.Arbitrary<ModelValue> = fc.oneof(
  { weight: 8, arbitrary: scalar },
  fc.array(scalar, { maxLength: 3 }).map((items): ModelValue => ({ kind: "list", items })),
);
const attributes = fc.array(fc.record({ key: fc.constantFrom(...KEYS), value }), { maxLength: 6 });

const hex = (digits: number) => fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: digits, maxLength: digits });
const member = fc.oneof(
  hex(14).map((rv) => `ot=rv:${rv}`),
  fc.tuple(hex(3), hex(14)).map(([th, rv]) => `ot=th:${th};rv:${rv}`),
  fc.constantFrom(
    "ot=th:0",
    "ot=th:8",
    "ot=th:fffffffffffff",
    "ot=th:XYZ;p:3",
    "ot=",
    "ot=rv:12",
    "ot=a:1;;th:4;b:2",
    " ot=th:c ",
    "",
    "vendor=1",
    "v2=a b",
    "nonsense",
    `long=${"y".repeat(200)}`,
    `ot=x:${"z".repeat(250)};th:2`,
  ),
);
export const traceStates = fc.oneof(
  { weight: 3, arbitrary: fc.constant("") },
  fc.array(member, { maxLength: 5 }).map((members) => members.join(",")),
  fc.array(member, { minLength: 30, maxLength: 40 }).map((members) => members.join(", ")),
);

const span: fc.Arbitrary<ModelSpan> = fc.record({
  traceId: fc.oneof({ weight: 8, arbitrary: fc.uint8Array({ minLength: 16, maxLength: 16 }) }, fc.constant(new Uint8Array(0))),
  spanId: fc.constant(Uint8Array.of(1, 1, 1, 1, 1, 1, 1, 1)),
  parent: fc.constantFrom(new Uint8Array(0), new Uint8Array(8), new Uint8Array(8).fill(3)),
  traceState: traceStates,
  name: text,
  kind: fc.integer({ min: 0, max: 7 }),
  start: fc.oneof(fc.constant(1_700_000_000_000_000_000n), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
  end: fc.oneof(
    fc.constantFrom(1_700_000_000_500_000_000n, 1_700_000_000_500_000_001n, 1_700_000_005_000_000_000n),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  ),
  status: fc.integer({ min: 0, max: 3 }),
  attributes,
  extras: fc.integer({ min: 0, max: 3 }),
});

export const requests: fc.Arbitrary<ModelRequest> = fc.array(
  fc.record({
    resource: attributes,
    scopes: fc.array(fc.record({ name: text, spans: fc.array(span, { maxLength: 5 }) }), { maxLength: 3 }),
  }),
  { maxLength: 3 },
);

const texts = fc.oneof(
  fc.record({ match: fc.constantFrom("exact" as const, "prefix" as const, "contains" as const), values: fc.array(someText, { minLength: 1, maxLength: 3 }) }),
  fc.record({ match: fc.constant("regex" as const), values: fc.array(pattern, { minLength: 1, maxLength: 2 }) }),
);
const place = fc.constantFrom("span" as const, "resource" as const);
const key = fc.constantFrom(...KEYS);
const leaf: fc.Arbitrary<Condition> = fc.oneof(
  fc.constantFrom("error" as const, "ok" as const, "unset" as const).map((is): Condition => ({ kind: "status", is })),
  fc
    .oneof(fc.constantFrom(0, 500, 499.999999, 1e-6), fc.double({ min: 0, max: 86_400_000, noNaN: true }))
    .map((aboveMs): Condition => ({ kind: "latency", aboveMs })),
  texts.map((test): Condition => ({ kind: "endpoint", ...test })),
  texts.map((test): Condition => ({ kind: "service", ...test })),
  fc.record({ key, in: place }).map((at): Condition => ({ kind: "attribute", ...at, op: "exists" })),
  fc
    .record({
      key,
      in: place,
      op: fc.constantFrom("above" as const, "atLeast" as const, "below" as const, "atMost" as const),
      value: fc.constantFrom(...NUMBERS),
    })
    .map((at): Condition => ({ kind: "attribute", ...at })),
  fc
    .record({ key, in: place, op: fc.constantFrom("contains" as const, "prefix" as const), value: someText })
    .map((at): Condition => ({ kind: "attribute", ...at })),
  fc.record({ key, in: place, op: fc.constant("regex" as const), value: pattern }).map((at): Condition => ({ kind: "attribute", ...at })),
  fc
    .record({ key, in: place, op: fc.constantFrom("equals" as const, "notEquals" as const), value: fc.oneof(text, fc.constantFrom(...NUMBERS), fc.boolean()) })
    .map((at): Condition => ({ kind: "attribute", ...at })),
  fc
    .constantFrom("unspecified" as const, "internal" as const, "server" as const, "client" as const, "producer" as const, "consumer" as const)
    .map((is): Condition => ({ kind: "spanKind", is })),
);
export const conditions: fc.Arbitrary<Condition> = fc.letrec<{ node: Condition }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    fc.record({ kind: fc.constantFrom("all" as const, "any" as const), of: fc.array(tie("node"), { minLength: 1, maxLength: 3 }) }),
    tie("node").map((of): Condition => ({ kind: "not", of })),
  ),
})).node;

/** What a policy of trace scope may ask besides. */
export const traceConditions: fc.Arbitrary<Condition> = fc.letrec<{ node: Condition }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    conditions,
    fc.integer({ min: 1, max: 6 }).map((atLeast): Condition => ({ kind: "spanCount", atLeast })),
    conditions.map((of): Condition => ({ kind: "sameSpan", of })),
    fc.record({ kind: fc.constantFrom("all" as const, "any" as const), of: fc.array(tie("node"), { minLength: 1, maxLength: 3 }) }),
    tie("node").map((of): Condition => ({ kind: "not", of })),
  ),
})).node;

const ratio = fc.oneof(fc.constantFrom(0, 1, 0.5, 0.01, 1e-20), fc.double({ min: 0, max: 1, noNaN: true }));
export const policies: fc.Arbitrary<SamplingPolicy> = fc.tuple(fc.array(fc.tuple(conditions, ratio), { maxLength: 12 }), ratio).map(([tiers, rest]) => ({
  scope: "span",
  tiers: [
    ...tiers.map(([condition, share], index) => ({ name: `tier ${index}`, condition, keep: { kind: "ratio" as const, ratio: share } })),
    { name: "default", condition: { kind: "always" as const }, keep: { kind: "ratio" as const, ratio: rest } },
  ],
}));

/** What the decoded span would say. */
export function factsOf(model: ModelSpan, resource: readonly ModelAttribute[]): SpanFacts {
  return {
    traceId: Buffer.from(model.traceId).toString("hex"),
    traceState: model.traceState,
    name: model.name,
    kind: model.kind,
    startUnixNano: model.start,
    endUnixNano: model.end,
    statusCode: model.status,
    attributes: model.attributes.map(({ key: name, value: held }) => ({ key: name, value: plain(held) })),
    resource: resource.map(({ key: name, value: held }) => ({ key: name, value: plain(held) })),
  };
}

function plain(held: ModelValue): AttributeValue {
  return held.kind === "string" || held.kind === "int" || held.kind === "double" || held.kind === "bool" ? held.value : null;
}

/** Encodes in one of the many ways that mean the same; `random` gives whole numbers below its argument. `tame` writes fields once, in order. */
export function encodeRequest(request: ModelRequest, random: (below: number) => number, tame = false): Buffer {
  const coin = (of: number) => !tame && random(of) === 0;
  const varint = (input: bigint, pad = coin(12) ? 1 : 0): number[] => {
    const out: number[] = [];
    let rest = BigInt.asUintN(64, input);
    do {
      out.push(Number(rest & 127n));
      rest >>= 7n;
    } while (rest > 0n);
    // An overlong varint means the same; tags and lengths may have five bytes.
    for (let index = 0; index < pad && out.length < 5; index++) out.push(0);
    return out.map((byte, index) => (index < out.length - 1 ? byte | 128 : byte));
  };
  const field = (number: number, wire: number, content: Iterable<number>): number[] => [...varint(BigInt(number * 8 + wire)), ...content];
  const len = (number: number, content: ArrayLike<number> & Iterable<number>): number[] => field(number, 2, [...varint(BigInt(content.length)), ...content]);
  const str = (number: number, held: string) => len(number, Buffer.from(held));
  const fixed64 = (number: number, held: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(held);
    return field(number, 1, bytes);
  };
  const unknown = (): number[] => {
    const number = 100 + random(5000);
    return [
      field(number, 0, varint(BigInt(random(1e9)))),
      field(number, 1, Buffer.alloc(8, 255)),
      len(number, Buffer.from("unknown")),
      field(number, 5, Buffer.alloc(4, 255)),
    ][random(4)];
  };
  // Each list keeps its own order, the lists are mixed.
  const message = (lists: number[][][]): number[] => {
    const rest = lists.filter((list) => list.length > 0).map((list) => [...list]);
    if (coin(4)) rest.push([unknown()]);
    const out: number[] = [];
    while (rest.length > 0) {
      const index = tame ? 0 : random(rest.length);
      out.push(...(rest[index].shift() ?? []));
      if (rest[index].length === 0) rest.splice(index, 1);
    }
    return out;
  };
  // A singular field may occur before with another value; the last one counts.
  const once = (written: number[], decoy: () => number[], isDefault = false): number[][] =>
    coin(8) ? [decoy(), written] : isDefault && !coin(4) ? [] : [written];

  const anyValue = (held: ModelValue): number[] => {
    const real = (): number[] => {
      switch (held.kind) {
        case "string":
          return str(1, held.value);
        case "bool":
          return field(2, 0, varint(held.value ? 1n : 0n));
        case "int":
          return field(3, 0, varint(held.value));
        case "double": {
          const bytes = Buffer.alloc(8);
          bytes.writeDoubleLE(held.value);
          return field(4, 1, bytes);
        }
        case "list":
          return len(5, message(held.items.map((item) => [len(1, anyValue(item))])));
        case "bytes":
          return len(7, held.value);
        case "none":
          return [];
      }
    };
    const decoys = [() => str(1, "decoy"), () => field(2, 0, varint(1n)), () => field(3, 0, varint(500n))];
    return message([held.kind !== "none" && coin(10) ? [decoys[random(3)](), real()] : [real()]]);
  };
  const keyValue = ({ key: name, value: held }: ModelAttribute): number[] => {
    // A value may come in two pieces, which merge.
    const values =
      held.kind !== "none" && coin(10)
        ? [len(2, str(1, "before")), len(2, anyValue(held))]
        : coin(10)
          ? [len(2, anyValue(held)), len(2, coin(2) ? unknown() : [])]
          : [len(2, anyValue(held))];
    return message([once(str(1, name), () => str(1, "http.route")), held.kind === "none" && coin(2) ? [] : values]);
  };
  const encodeSpan = (model: ModelSpan): number[] => {
    const status =
      model.status === 0 && !coin(3)
        ? []
        : coin(6)
          ? [len(15, field(3, 0, varint(2n))), len(15, message([[str(2, "text")], [field(3, 0, varint(BigInt(model.status)))]])), len(15, str(2, "later"))]
          : [len(15, message([[field(3, 0, varint(BigInt(model.status)))]]))];
    return message([
      once(len(1, model.traceId), () => len(1, Buffer.alloc(16, 7)), model.traceId.length === 0),
      [len(2, model.spanId)],
      model.parent.length === 0 ? [] : [len(4, model.parent)],
      once(str(3, model.traceState), () => str(3, "ot=th:4;rv:ffffffffffffff,decoy=1"), model.traceState === ""),
      once(str(5, model.name), () => str(5, "decoy"), model.name === ""),
      once(field(6, 0, varint(BigInt(model.kind))), () => field(6, 0, varint(3n)), model.kind === 0),
      once(fixed64(7, model.start), () => fixed64(7, 5n), model.start === 0n),
      once(fixed64(8, model.end), () => fixed64(8, 6n), model.end === 0n),
      ...model.attributes.map((attribute) => [len(9, keyValue(attribute))]),
      ...Array.from({ length: model.extras }, (_, index) => [
        [field(10, 0, varint(3n)), len(11, message([[fixed64(1, 1n)], [str(2, "event")]])), field(16, 5, Buffer.from([1, 1, 0, 0]))][index],
      ]),
      status,
    ]);
  };
  return Buffer.from(
    message(
      request.map(({ resource, scopes }) => {
        const pieces = coin(4) ? [resource.slice(0, 1), resource.slice(1)] : [resource];
        return [
          len(
            1,
            message([
              pieces.map((piece) => len(1, message(piece.map((attribute) => [len(1, keyValue(attribute))])))),
              ...scopes.map(({ name, spans }) => [
                len(
                  2,
                  message([[len(1, message([[str(1, name)]]))], spans.map((model) => len(2, encodeSpan(model))), coin(2) ? [str(3, "https://schema")] : []]),
                ),
              ]),
            ]),
          ),
        ];
      }),
    ),
  );
}

/** A small seeded source of whole numbers, so that a failing case can be run again. */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
