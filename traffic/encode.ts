/** Just enough protobuf to write OTLP once per template; what is sent is a copy with new ids and times. */
export function varint(value: number | bigint): Buffer {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    out.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  out.push(Number(rest));
  return Buffer.from(out);
}

export function tag(field: number, wireType: number): Buffer {
  return varint(field * 8 + wireType);
}

/** A length-delimited field. */
export function bytesField(field: number, content: Uint8Array): Buffer {
  return Buffer.concat([tag(field, 2), varint(content.length), content]);
}

export function textField(field: number, text: string): Buffer {
  return bytesField(field, Buffer.from(text));
}

export function varintField(field: number, value: number | bigint): Buffer {
  return Buffer.concat([tag(field, 0), varint(value)]);
}

/** A KeyValue as the given repeated field: text, boolean, whole number or double. */
export function attributeField(field: number, key: string, value: string | number | boolean): Buffer {
  return bytesField(field, Buffer.concat([textField(1, key), bytesField(2, anyValue(value))]));
}

function anyValue(value: string | number | boolean): Buffer {
  if (typeof value === "string") return textField(1, value);
  if (typeof value === "boolean") return varintField(2, value ? 1 : 0);
  if (Number.isInteger(value)) return varintField(3, value);
  const double = Buffer.alloc(8);
  double.writeDoubleLE(value);
  return Buffer.concat([tag(4, 1), double]);
}
