export type TraceIdReading = { kind: "empty" } | { kind: "typing"; digits: number } | { kind: "wrong"; problem: string } | { kind: "ok"; id: string };

const DIGITS = 32;
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * A trace id as people paste it: any case, with dashes as in a UUID, or inside a `traceparent` header. The rule is the domain's `traceIdSchema`, told again
 * here because the page should not carry a validator for it.
 */
export function readTraceId(text: string): TraceIdReading {
  const given = text.trim().toLowerCase();
  if (given === "") return { kind: "empty" };
  const digits = (TRACEPARENT.exec(given)?.[1] ?? given).replaceAll("-", "");
  const other = /[^0-9a-f]/.exec(digits)?.[0];
  if (other !== undefined) return { kind: "wrong", problem: `A trace id has hex digits only; ${other === " " ? "a space" : `“${other}”`} is none.` };
  if (digits.length > DIGITS) return { kind: "wrong", problem: `A trace id has ${DIGITS} hex digits; these are ${digits.length}.` };
  if (digits.length < DIGITS) return { kind: "typing", digits: digits.length };
  return /^0+$/.test(digits) ? { kind: "wrong", problem: "All zeros is no trace id." } : { kind: "ok", id: digits };
}

/** What is wrong with an id that is too short, once it counts as finished. */
export function tooShort(digits: number): string {
  const hint = digits === 16 ? " 16 are a span id; paste the id of its trace." : "";
  return `A trace id has ${DIGITS} hex digits; ${digits === 1 ? "this is 1" : `these are ${digits}`}.${hint}`;
}
