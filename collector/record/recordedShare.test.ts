import { describe, expect, it } from "vitest";
import { hashTraceId } from "../sample/trace/hashTraceId.ts";
import { seededRandom } from "../sample/wireTestData.ts";
import { isWithinShare, NO_TRACE_HASH, recordingHash } from "./recordedShare.ts";
import { requestOf, scanned } from "./recordTestData.ts";

const IDS = 200_000;
const random = seededRandom(11);
const word = () => random(0x100000000) | 0;
const ids = Array.from({ length: IDS }, () => [word(), word(), word(), word()] as const);
const hashes = ids.map((id) => recordingHash(...id));

/** Five times the deviation that chance gives. */
const near = (count: number, of: number, share: number) => Math.abs(count - of * share) <= 5 * Math.sqrt(of * share * (1 - share));

describe("which traces are recorded", () => {
  it.each([1, 1 / 2, 1 / 16, 1 / 1024])("is a share of %f of them", (share) => {
    expect(near(hashes.filter((hash) => isWithinShare(hash, share)).length, IDS, share)).toBe(true);
  });

  it("of a lower share are all among those of a higher one", () => {
    for (let power = 0; power < 30; power++) {
      for (const hash of hashes.slice(0, 5000)) if (isWithinShare(hash, 2 ** -power / 2)) expect(isWithinShare(hash, 2 ** -power)).toBe(true);
    }
  });

  it("says nothing about who is kept, compared or decided where", () => {
    const share = 1 / 8;
    const recorded = ids.filter((_, at) => isWithinShare(hashes[at], share));
    const sharesOf = {
      // The last 56 bits of the id, of which the high ones decide.
      kept: (id: readonly number[]) => ((id[2] & 0xffffff) >>> 20) % 16 === 3,
      "kept at a low ratio": (id: readonly number[]) => (id[2] & 0xffffff) >>> 16 === 7,
      // As the shadow chooses, and groups what it has chosen.
      compared: (id: readonly number[]) => hashTraceId(id[0], id[1], id[2], id[3], 0x5eed) >>> 0 < 2 ** 28,
      grouped: (id: readonly number[]) => (Math.imul(hashTraceId(id[0], id[1], id[2], id[3], 0x5eed), 0x9e3779b1) >>> 16) % 16 === 5,
      sharded: (id: readonly number[]) => (hashTraceId(id[0], id[1], id[2], id[3], 123_456_789) >>> 0) % 16 === 9,
    };
    for (const [name, is] of Object.entries(sharesOf)) {
      const expected = name === "kept at a low ratio" ? 1 / 256 : 1 / 16;
      expect([name, near(recorded.filter(is).length, recorded.length, expected)]).toEqual([name, true]);
    }
  });

  it("are chosen as well among ids that differ little", () => {
    const counted = Array.from({ length: IDS }, (_, at) => recordingHash(0, 0, 7, at + 1)).filter((hash) => isWithinShare(hash, 1 / 64)).length;
    expect(near(counted, IDS, 1 / 64)).toBe(true);
  });

  it("is the same where the scan has hashed the ids and where it has not, also beyond a table's first size", () => {
    const spans = Array.from({ length: 5000 }, (_, span) => ({ trace: span, span }));
    const bytes = requestOf(spans);
    const [plain, hashed] = [scanned(bytes), scanned(bytes, true)];
    expect(hashed.spans).toBe(5000);
    for (let span = 0; span < 5000; span++) {
      const at = plain.idAt[span];
      const hash = recordingHash(bytes.readInt32BE(at), bytes.readInt32BE(at + 4), bytes.readInt32BE(at + 8), bytes.readInt32BE(at + 12));
      if (hashed.idHash[span] !== hash) expect([span, hashed.idHash[span]]).toEqual([span, hash]);
    }
  });

  it("are all of those that have an id, and of those without one only where everything is recorded", () => {
    expect(recordingHash(0, 0, 0, 0)).toBe(NO_TRACE_HASH);
    expect([1, 1 / 2, 2 ** -30].map((share) => isWithinShare(NO_TRACE_HASH, share))).toEqual([true, false, false]);
  });
});
