/** Nesting of arrays and objects that a JSON body may have: room for attribute values 32 deep, and nothing that could exhaust memory or the stack. */
export const JSON_DEPTH_MAX = 160;
const DIGITS_EXACT = 15;

export type JsonSurvey = { tooDeep: boolean; hasLongNumber: boolean };

/** One pass over the bytes before JSON.parse: how deep it nests, and whether a bare number has more digits than a double holds exactly. */
export function surveyJson(bytes: Uint8Array, start: number, end: number): JsonSurvey {
  let depth = 0;
  let digits = 0;
  let hasLongNumber = false;
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte === 0x22) {
      at++;
      while (at < end && bytes[at] !== 0x22) at += bytes[at] === 0x5c ? 2 : 1;
      digits = 0;
    } else if (byte >= 0x30 && byte <= 0x39) {
      if (++digits > DIGITS_EXACT) hasLongNumber = true;
    } else {
      digits = 0;
      if (byte === 0x7b || byte === 0x5b) {
        if (++depth > JSON_DEPTH_MAX) return { tooDeep: true, hasLongNumber };
      } else if (byte === 0x7d || byte === 0x5d) depth--;
    }
  }
  return { tooDeep: false, hasLongNumber };
}
