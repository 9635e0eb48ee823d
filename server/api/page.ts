import { z } from "zod";
import { ApiProblem } from "./apiProblem.ts";
import { inDigits } from "./schemas/inDigits.ts";

export const PAGE_MAX = 200;
const PAGE_DEFAULT = 50;

/** What every list can be asked. */
export const pageQuery = {
  limit: inDigits(z.int().min(1, `must be between 1 and ${PAGE_MAX}`).max(PAGE_MAX, `must be between 1 and ${PAGE_MAX}`))
    .default(PAGE_DEFAULT)
    .describe("How many at most."),
  cursor: z.string().min(1, "must not be empty").max(500, "is no cursor").optional().describe("Where the page begins: `nextCursor` of the one before."),
};

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().describe("For the next page; null on the last. The header `Link` has the whole address."),
  });
}

/** A place in a list that its items keep when others come and go: the key of the last item of a page. */
export function toCursor(key: string): string {
  return Buffer.from(key, "utf8").toString("base64url");
}

/** MALFORMED for what no page has given out. */
export function fromCursor(cursor: string): string {
  const key = Buffer.from(cursor, "base64url").toString("utf8");
  if (toCursor(key) !== cursor) throw notACursor();
  return key;
}

export function fromNumberCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const key = fromCursor(cursor);
  if (!/^[1-9]\d{0,8}$/.test(key)) throw notACursor();
  return Number(key);
}

export function notACursor(): ApiProblem {
  return new ApiProblem("malformed", "cursor: is no cursor of this list; begin without one", {
    errors: [{ path: "cursor", message: "is no cursor of this list" }],
  });
}

/** One page of a list that is at hand as a whole, in the order of its keys, which are all different. */
export function pageInOrder<Item>(items: readonly Item[], keyOf: (item: Item) => string, { limit, cursor }: { limit: number; cursor?: string }) {
  const after = cursor === undefined ? null : fromCursor(cursor);
  const rest = items
    .map((item) => ({ item, key: keyOf(item) }))
    .filter(({ key }) => after === null || key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const page = rest.slice(0, limit);
  return { items: page.map(({ item }) => item), nextCursor: rest.length > limit ? toCursor(page[limit - 1].key) : null };
}

/** One page of a list that is read newest first, `limit + 1` at a time, by number. */
export function pageByNumber<Item>(items: readonly Item[], numberOf: (item: Item) => number | string, limit: number) {
  const page = items.slice(0, limit);
  return { items: page, nextCursor: items.length > limit ? toCursor(String(numberOf(page[limit - 1]))) : null };
}
