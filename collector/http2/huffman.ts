/**
 * Bits of each byte's code (RFC 7541, Appendix B). The code is canonical: codes of one length follow each other in the order of their bytes, so the lengths say all; the
 * last code, 30 ones, is EOS.
 */
// biome-ignore format: a table
const CODE_BITS = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
  15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
  20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
  22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
  26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
  20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
];
const EOS = 256;
const NOT_A_CODE = -1;
/** In a step: bits 0–15 the node that comes next, 16–23 the byte that ended here, and whether one did. */
const EMITS = 1 << 24;

/** Bytes that a Huffman-coded string of so many bytes can have at most: no code is shorter than 5 bits. */
export function decodedBytesMax(bytes: number): number {
  return Math.floor((bytes * 8) / 5);
}

/**
 * Decodes bytes[start, end) into `into` and returns how many bytes that are, or -1: EOS, or a padding that is longer than 7 bits or not all ones (RFC 7541, 5.2).
 * `into` has room for decodedBytesMax(end - start).
 */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number, into: Uint8Array): number {
  let node = 0;
  let length = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    let step = STEPS[(node << 4) | (byte >> 4)];
    if (step === NOT_A_CODE) return -1;
    if (step & EMITS) into[length++] = (step >> 16) & 255;
    step = STEPS[((step & 0xffff) << 4) | (byte & 15)];
    if (step === NOT_A_CODE) return -1;
    if (step & EMITS) into[length++] = (step >> 16) & 255;
    node = step & 0xffff;
  }
  return MAY_END[node] === 1 ? length : -1;
}

/** The code as a tree: children of node n at 2n and 2n + 1; a leaf is -1 - symbol. */
function buildTree(): number[] {
  const tree = [0, 0];
  const add = (code: number, bits: number, symbol: number) => {
    let node = 0;
    for (let bit = bits - 1; bit > 0; bit--) {
      const at = 2 * node + ((code >>> bit) & 1);
      if (tree[at] === 0) {
        tree[at] = tree.length / 2;
        tree.push(0, 0);
      }
      node = tree[at];
    }
    tree[2 * node + (code & 1)] = -1 - symbol;
  };
  const order = CODE_BITS.map((_, symbol) => symbol).sort((a, b) => CODE_BITS[a] - CODE_BITS[b] || a - b);
  let code = 0;
  let bits = CODE_BITS[order[0]];
  for (const symbol of order) {
    code <<= CODE_BITS[symbol] - bits;
    bits = CODE_BITS[symbol];
    add(code++, bits, symbol);
  }
  add(code, 30, EOS);
  return tree;
}

const TREE = buildTree();
/** For each node and four bits. */
const STEPS = new Int32Array((TREE.length / 2) * 16);
/** Whether what is left at this node may be padding. */
const MAY_END = new Uint8Array(TREE.length / 2);

for (let node = 0; node < TREE.length / 2; node++) {
  for (let four = 0; four < 16; four++) {
    let at = node;
    let step = 0;
    for (let bit = 3; bit >= 0 && step !== NOT_A_CODE; bit--) {
      const next = TREE[2 * at + ((four >> bit) & 1)];
      if (next >= 0) at = next;
      else if (next === -1 - EOS) step = NOT_A_CODE;
      else {
        step = EMITS | ((-1 - next) << 16);
        at = 0;
      }
    }
    STEPS[(node << 4) | four] = step === NOT_A_CODE ? NOT_A_CODE : step | at;
  }
}
for (let node = 0, ones = 0; ones <= 7; ones++) {
  MAY_END[node] = 1;
  node = TREE[2 * node + 1];
}
