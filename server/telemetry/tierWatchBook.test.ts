import { expect, it } from "vitest";
import { TIER_WATCHES_MAX, TierWatchBook } from "./tierWatchBook.ts";

it("makes one of what several collectors tell of the same tier, and gives it once", () => {
  const book = new TierWatchBook();
  book.add([{ key: "a", sinceMs: 200, lastMatchedMs: null }], 900);
  book.add([{ key: "a", sinceMs: 100, lastMatchedMs: 300 }], 800);
  expect(book.take()).toEqual([{ key: "a", sinceMs: 100, untilMs: 900, lastMatchedMs: 300 }]);
  expect(book.take()).toEqual([]);
});

it("takes no more than its bound, counts the rest, and goes on with those it has", () => {
  const book = new TierWatchBook();
  const one = (key: number) => ({ key: String(key), sinceMs: 1, lastMatchedMs: null });
  book.add(
    Array.from({ length: TIER_WATCHES_MAX + 5 }, (_, key) => one(key)),
    2,
  );
  expect(book.refused).toBe(5);
  book.add([{ ...one(0), lastMatchedMs: 7 }], 9);
  const taken = book.take();
  expect(taken).toHaveLength(TIER_WATCHES_MAX);
  expect(taken[0]).toMatchObject({ untilMs: 9, lastMatchedMs: 7 });
});
