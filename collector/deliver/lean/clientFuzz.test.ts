import { expect, it } from "vitest";
import { FRAME } from "#collector/http2/http2.ts";
import { seededRandom } from "#collector/sample/wireTestData.ts";
import { openedClient } from "./clientTestData.ts";
import { broken, type Random, serverBytes } from "./serverBytesTestData.ts";

const INPUTS = Number(process.env.HEADGATE_FUZZ_INPUTS ?? 2_000);
const SEED = Number(process.env.HEADGATE_FUZZ_SEED ?? 1);
const CALLS_MAX = 6;

/** `pieces` undefined: all at once. */
function run(bytes: Buffer, bodies: Buffer[], pieces: Random | undefined) {
  const one = openedClient();
  for (const body of bodies) one.call(body);
  for (let at = 0; at < bytes.length; ) {
    const next = pieces === undefined ? bytes.length : Math.min(bytes.length, at + 1 + pieces(pieces(3) === 0 ? 3 : 400));
    one.connection.read(bytes, at, next);
    at = next;
  }
  one.connection.closed(undefined);
  return one;
}

it(`${INPUTS} answers: each call ends once and as it should, the same however they are cut, and what is sent is whole frames`, { timeout: 3_600_000 }, () => {
  let differing = 0;
  let answered = 0;
  for (let number = 0; number < INPUTS; number++) {
    const random = seededRandom(SEED * 1_000_003 + number);
    const bodies = Array.from({ length: 1 + random(CALLS_MAX) }, (_, at) => Buffer.alloc(5 + random(random(3) === 0 ? 80_000 : 50), at + 1));
    const { bytes, expected } = serverBytes(random, bodies.length);
    const isTame = random(2) === 0;
    const input = isTame ? bytes : broken(random, bytes);
    const atOnce = run(input, bodies, undefined);
    const inPieces = run(input, bodies, random);
    try {
      expect(inPieces.ends).toEqual(atOnce.ends);
      for (const { ends } of [...atOnce.calls, ...inPieces.calls]) expect(ends).toHaveLength(1);
      const kinds = atOnce.ends.map((end) =>
        end?.kind === "answered" ? [end.kind, ...[end.head["grpc-status"] ?? end.trailers?.["grpc-status"] ?? []].flat()] : [end?.kind],
      );
      if (isTame) expect(kinds).toEqual(expected);
      else if (JSON.stringify(kinds) !== JSON.stringify(expected)) differing++;
      answered += kinds.filter(([kind]) => kind === "answered").length;
      for (const one of [atOnce, inPieces]) {
        const sent = new Map<number, Buffer[]>();
        for (const { type, id, payload } of one.take()) if (type === FRAME.data) sent.set(id, [...(sent.get(id) ?? []), payload]);
        for (const [id, parts] of sent) {
          const part = Buffer.concat(parts);
          expect(part.equals(bodies[(id - 1) / 2].subarray(0, part.length))).toBe(true);
        }
      }
    } catch (error) {
      throw new Error(`input ${number} (HEADGATE_FUZZ_SEED=${SEED}): ${input.toString("hex").slice(0, 2000)}`, { cause: error });
    }
  }
  // It says something only if it goes deep: many calls are answered, and many changes matter.
  expect([answered > INPUTS, differing > INPUTS / 8]).toEqual([true, true]);
});
