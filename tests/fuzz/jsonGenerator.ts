import protobuf from "protobufjs";
import { otlpProto } from "#bench/otlpProto.ts";
import { camelCase } from "./jsonOracle.ts";
import { pick, type Random } from "./random.ts";

const { root } = protobuf.parse(otlpProto, { keepCase: true });
root.resolveAll();

const TEXTS = ["", "GET /api/payment", "π/é😀", "ключ", '"\\\n\t\u0000', "x".repeat(200), "k"];
const INTEGERS = [
  "0",
  "1",
  "-1",
  "2",
  "127",
  "128",
  "200",
  "4294967295",
  "4294967296",
  "9007199254740993",
  "9223372036854775807",
  "-9223372036854775808",
  "18446744073709551615",
];
const ODD_NUMBERS = ["1.0", "1e3", "-0", "0.5", "1e400", "18446744073709551616", "9".repeat(40), "1E+2"];
const WRONG = ["null", "true", "5", '"text"', "[]", "{}", "[1]", '{"a":1}', "1.5", '"5"', "[null]", '"zz"'];
const ESCAPES = ['"\\u0041"', '"\\ud83d\\ude00"', '"\\ud800"', '"\\/\\b"'];

/** An OTLP/JSON request as text, most often a valid one: fields in any order, unknown and null ones among them, numbers bare and quoted. */
export function generateJson(random: Random): Buffer {
  const wrong = random(3) === 0 ? 10 + random(60) : 0;
  let budget = 5 + random(80);
  const is = (oneIn: number) => oneIn > 0 && random(oneIn) === 0;
  const space = () => (random(30) === 0 ? pick(random, [" ", "\n", "\t", "\r\n "]) : "");

  function message(type: protobuf.Type, depth: number): string {
    const parts: string[] = [];
    for (let count = 1 + random(type.name === "Span" ? 14 : 5); count > 0 && budget-- > 0; count--) {
      if (random(20) === 0) parts.push(`${JSON.stringify(pick(random, ["new", "__proto__", "trace_id", "Name", ""]))}:${pick(random, WRONG)}`);
      const inner = depth < 3 && random(2) === 0 ? type.fieldsArray.find(({ name }) => /spans$/.test(name)) : undefined;
      const field = inner ?? pick(random, type.fieldsArray);
      parts.push(`${JSON.stringify(camelCase(field.name))}${space()}:${space()}${is(wrong) ? pick(random, WRONG) : fieldValue(field, depth)}`);
    }
    return `{${space()}${parts.join(`,${space()}`)}}`;
  }

  function fieldValue(field: protobuf.Field, depth: number): string {
    if (random(30) === 0) return "null";
    if (!field.repeated) return one(field, depth);
    return `[${Array.from({ length: random(4) }, () => one(field, depth)).join()}]`;
  }

  function one(field: protobuf.Field, depth: number): string {
    if (field.resolvedType instanceof protobuf.Type) return depth > 12 ? "{}" : message(field.resolvedType, depth + 1);
    switch (field.type) {
      case "string":
        return random(10) === 0 ? pick(random, ESCAPES) : JSON.stringify(pick(random, TEXTS));
      case "bytes":
        return bytes(field.name);
      case "bool":
        return pick(random, ["true", "false"]);
      case "double":
        return pick(random, [...INTEGERS, ...ODD_NUMBERS, '"NaN"', '"Infinity"', '"-Infinity"', '"0.25"']);
      default: {
        const small = field.type === "uint32" || field.type === "int32" || field.type === "fixed32";
        const number = small && random(20) > 0 ? String(random(6)) : pick(random, random(15) === 0 ? ODD_NUMBERS : INTEGERS);
        return random(2) === 0 ? `"${number}"` : number;
      }
    }
  }

  function bytes(name: string): string {
    const length = name === "trace_id" ? 16 : name.endsWith("span_id") ? 8 : 0;
    const noise = Buffer.from(Array.from({ length: length === 0 ? random(6) : length }, () => random(256)));
    if (length === 0) return JSON.stringify(noise.toString(random(2) === 0 ? "base64" : "base64url"));
    const hex = noise.toString("hex");
    return JSON.stringify(random(15) === 0 ? pick(random, ["", hex.slice(1), hex.toUpperCase(), `${hex}00`]) : hex);
  }

  return Buffer.from(message(root.lookupType("ExportTraceServiceRequest"), 0));
}
