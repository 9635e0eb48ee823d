const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const MARK = "hg_";
const RANDOM_BYTES = 32;
const RANDOM_DIGITS = 43;
const CHECK_DIGITS = 6;
const SHAPE = new RegExp(`^${MARK}[0-9A-Za-z]{${RANDOM_DIGITS + CHECK_DIGITS}}$`);
/** Of a token that is shown once: enough to tell tokens apart, and useless to whoever reads it. */
const SHOWN_CHARACTERS = 9;

export const API_TOKENS_PER_PERSON_MAX = 100;
export const API_TOKEN_DAYS_MAX = 365;

/**
 * `hg_`, 256 random bits in base 62, and a checksum (CRC-32 of what is before it): with the mark scanners find tokens that leaked, with the checksum they
 * and we know one that is mistyped without asking anybody. `random` has 32 bytes.
 */
export function formatApiToken(random: Uint8Array): string {
  if (random.length !== RANDOM_BYTES) throw new RangeError(`a token is made of ${RANDOM_BYTES} random bytes, got ${random.length}`);
  const body =
    MARK +
    inBase62(
      random.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n),
      RANDOM_DIGITS,
    );
  return body + checksum(body);
}

/** What keeps a text from being a token; null when it may be one. */
export function apiTokenProblem(text: string): string | null {
  if (!SHAPE.test(text))
    return `this is no API token of Headgate: one begins with ${MARK} and has ${MARK.length + RANDOM_DIGITS + CHECK_DIGITS} characters, got ${text.length}`;
  const body = text.slice(0, -CHECK_DIGITS);
  return checksum(body) === text.slice(-CHECK_DIGITS) ? null : "this API token is mistyped: its checksum does not fit; copy it again";
}

/** The beginning of a token, by which its owner knows it again. */
export function apiTokenPrefix(token: string): string {
  return token.slice(0, SHOWN_CHARACTERS);
}

function checksum(text: string): string {
  return inBase62(BigInt(crc32(text)), CHECK_DIGITS);
}

function inBase62(value: bigint, digits: number): string {
  let text = "";
  for (let rest = value; rest > 0n; rest /= 62n) text = DIGITS[Number(rest % 62n)] + text;
  return text.padStart(digits, DIGITS[0]);
}

/** As in ISO 3309 and zlib, of a text in ASCII. */
function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let index = 0; index < text.length; index++) {
    crc ^= text.charCodeAt(index);
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
