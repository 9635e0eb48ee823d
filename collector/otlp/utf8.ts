/** All bytes of [at, end) are under 128; four at a time, because nearly every text of a span is, and each is looked at. */
export function isAscii(view: DataView, at: number, end: number): boolean {
  let bits = 0;
  let pos = at | 0;
  for (const last = (end - 16) | 0; pos <= last; pos = (pos + 16) | 0) {
    bits |= view.getInt32(pos, true) | view.getInt32((pos + 4) | 0, true) | view.getInt32((pos + 8) | 0, true) | view.getInt32((pos + 12) | 0, true);
  }
  for (const last = (end - 4) | 0; pos <= last; pos = (pos + 4) | 0) bits |= view.getInt32(pos, true);
  for (; pos < end; pos = (pos + 1) | 0) bits |= view.getUint8(pos);
  return (bits & 0x80808080) === 0;
}

/** Whether [at, end) is UTF-8, as a protobuf string has to be: no overlong form, no surrogate, nothing above U+10FFFF (RFC 3629, section 4). */
export function isUtf8(view: DataView, at: number, end: number): boolean {
  if (isAscii(view, at, end)) return true;
  for (let pos = at; pos < end; ) {
    const first = view.getUint8(pos++);
    if (first < 0x80) continue;
    const more = first < 0xc2 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : 0;
    if (more === 0 || end - pos < more) return false;
    const second = view.getUint8(pos);
    const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
    const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) return false;
    for (let index = 1; index < more; index++) if ((view.getUint8(pos + index) & 0xc0) !== 0x80) return false;
    pos += more;
  }
  return true;
}
