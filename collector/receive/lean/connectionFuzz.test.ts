import { expect, it } from "vitest";
import { seededRandom } from "#collector/sample/wireTestData.ts";
import { framesOf } from "../../http2/frameTestData.ts";
import { FRAME } from "../../http2/http2.ts";
import { clientBytes, type Random } from "./clientBytesTestData.ts";
import { type Plan, rig } from "./leanTestData.ts";

const INPUTS = Number(process.env.HEADGATE_FUZZ_INPUTS ?? 2_000);
const SEED = Number(process.env.HEADGATE_FUZZ_SEED ?? 1);
const PLANS: Plan[] = ["succeed", "succeed", "succeed", "fail", "fail at end", "reject", "nothing"];

/** `pieces` undefined: all at once. */
function run(bytes: Buffer, seed: number, pieces: Random | undefined) {
  const plans = seededRandom(seed);
  const one = rig({ plan: () => PLANS[plans(PLANS.length)], streamsMax: 5 });
  for (let at = 0; at < bytes.length; ) {
    const next = pieces === undefined ? bytes.length : Math.min(bytes.length, at + 1 + pieces(pieces(3) === 0 ? 3 : 4000));
    one.connection.read(bytes, at, next);
    at = next;
  }
  one.runDeferred();
  return one;
}

it(`${INPUTS} inputs: each is answered the same however it is cut, in whole frames, and every call ends once`, { timeout: 3_600_000 }, () => {
  let whole = 0;
  let broken = 0;
  for (let number = 0; number < INPUTS; number++) {
    const seed = SEED * 1_000_003 + number;
    const random = seededRandom(seed);
    const bytes = clientBytes(random, random(2) === 0);
    const atOnce = run(bytes, seed, undefined);
    const inPieces = run(bytes, seed, random);
    const outcome = ({ seen, connection, written }: ReturnType<typeof run>) => ({
      written: written.toString("hex"),
      ends: seen.ends,
      refused: seen.refused,
      isEnded: connection.isEnded,
      calls: seen.calls.map(({ head, body, hasEnded, closed }) => ({ head, body: body.toString("hex"), hasEnded, closed })),
    });
    const first = outcome(atOnce);
    try {
      expect(outcome(inPieces)).toEqual(first);
      expect(framesOf(atOnce.written).filter(({ type }) => type === FRAME.goAway)).toHaveLength(first.ends.length);
      atOnce.connection.closed("client");
      atOnce.runDeferred();
      expect(atOnce.seen.ends).toHaveLength(1);
      for (const { closed } of atOnce.seen.calls) expect(closed).toBe(1);
    } catch (error) {
      throw new Error(`input ${number} (HEADGATE_FUZZ_SEED=${SEED}): ${bytes.toString("hex").slice(0, 2000)}`, { cause: error });
    }
    if (first.isEnded) broken++;
    whole += first.calls.filter(({ hasEnded }) => hasEnded).length;
  }
  // It says something only if it goes deep: many calls come through, and many connections break.
  expect([whole > INPUTS / 2, broken > INPUTS / 5, broken < (INPUTS * 4) / 5]).toEqual([true, true, true]);
});
