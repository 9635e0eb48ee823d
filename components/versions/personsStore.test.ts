import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DRAFTS_MAX, draftsOf } from "./draftsOf.ts";
import { MemoryStore } from "./memoryStoreTestData.ts";
import { personsStore } from "./personsStore.ts";

const drafts = draftsOf<string>("policy", (value) => (typeof value === "string" ? value : null));

describe("drafts in a browser that several people use", () => {
  it("are seen by whose they are alone, and are there when they come back", () => {
    const browser = new MemoryStore();
    const key = drafts.draftKey("p1", 1);
    drafts.writeDraft(personsStore(browser, "ann"), key, { draft: "of Ann", name: null, savedAtMs: 1 });
    const bens = personsStore(browser, "ben");
    expect(drafts.readDraft(bens, key)).toBeNull();
    drafts.forgetDraft(bens, key);
    drafts.writeDraft(bens, key, { draft: "of Ben", name: null, savedAtMs: 2 });
    expect(drafts.readDraft(personsStore(browser, "ann"), key)?.draft).toBe("of Ann");
    expect(drafts.readDraft(browser, key)).toBeNull();
  });

  it("make no room by forgetting somebody else's", () => {
    const browser = new MemoryStore();
    browser.setItem("theme", "dark");
    const anns = personsStore(browser, "ann");
    drafts.writeDraft(anns, drafts.draftKey("old", 1), { draft: "of Ann", name: null, savedAtMs: 0 });
    const bens = personsStore(browser, "ben");
    for (let index = 0; index < DRAFTS_MAX + 5; index++)
      drafts.writeDraft(bens, drafts.draftKey(`p${index}`, 1), { draft: "of Ben", name: null, savedAtMs: index + 1 });
    expect([bens.length, anns.length, browser.length]).toEqual([DRAFTS_MAX, 1, DRAFTS_MAX + 2]);
  });

  it("keep apart whoever has whichever id", () => {
    const id = fc.uuid();
    fc.assert(
      fc.property(id, id, fc.string(), fc.string(), (one, other, key, value) => {
        fc.pre(one !== other);
        const browser = new MemoryStore();
        personsStore(browser, one).setItem(key, value);
        expect(personsStore(browser, one).getItem(key)).toBe(value);
        expect(personsStore(browser, other).getItem(key)).toBeNull();
        expect(personsStore(browser, other).length).toBe(0);
      }),
    );
  });
});
