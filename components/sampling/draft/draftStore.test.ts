import { describe, expect, it } from "vitest";
import { DRAFTS_MAX } from "../../versions/draftsOf.ts";
import { MemoryStore } from "../../versions/memoryStoreTestData.ts";
import { draftFromPolicy } from "./draftPolicy.ts";
import { draftKey, forgetDraft, readDraft, writeDraft } from "./draftStore.ts";

const draft = draftFromPolicy({ scope: "span", tiers: [{ name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 1 } }] });

describe("a stored draft", () => {
  it("comes back for the policy and version it belongs to, and for no other", () => {
    const store = new MemoryStore();
    writeDraft(store, draftKey("p1", 3), { draft, name: null, savedAtMs: 5 });
    expect(readDraft(store, draftKey("p1", 3))).toEqual({ draft, name: null, savedAtMs: 5 });
    expect(readDraft(store, draftKey("p1", 4))).toBeNull();
    forgetDraft(store, draftKey("p1", 3));
    expect(readDraft(store, draftKey("p1", 3))).toBeNull();
  });

  it("is ignored when it is cut off or of another form", () => {
    const store = new MemoryStore();
    const key = draftKey("p1", 1);
    for (const text of [
      '{"draft":{"tiers":[',
      "null",
      "[]",
      '{"draft":{"tiers":[]},"savedAtMs":1}',
      '{"draft":{"tiers":[1],"nextId":2},"savedAtMs":1}',
      '{"draft":null,"savedAtMs":1}',
    ]) {
      store.setItem(key, text);
      expect(readDraft(store, key)).toBeNull();
    }
  });

  it("of the time before whole traces gets what it lacks, and keeps what it has", () => {
    const store = new MemoryStore();
    const older = { tiers: draft.tiers.map(({ id, name, condition }) => ({ id, name, condition, keepPercent: "42" })), nextId: draft.nextId };
    store.setItem(draftKey("p1", 1), JSON.stringify({ draft: older, name: null, savedAtMs: 1 }));
    expect(readDraft(store, draftKey("p1", 1))?.draft).toEqual({ ...draft, tiers: [{ ...draft.tiers[0], keepPercent: "42" }] });
  });

  it("is refused, not thrown about, when the browser has no room", () => {
    expect(writeDraft(new MemoryStore(10), draftKey("p1", 1), { draft, name: null, savedAtMs: 1 })).toBe(false);
  });

  it("makes room by forgetting the oldest, and leaves what is not a draft alone", () => {
    const store = new MemoryStore();
    store.setItem("theme", "dark");
    for (let index = 0; index < DRAFTS_MAX + 5; index++) writeDraft(store, draftKey(`p${index}`, 1), { draft, name: null, savedAtMs: index });
    expect(store.length).toBe(DRAFTS_MAX + 1);
    expect(readDraft(store, draftKey("p0", 1))).toBeNull();
    expect(readDraft(store, draftKey(`p${DRAFTS_MAX + 4}`, 1))).not.toBeNull();
    expect(store.getItem("theme")).toBe("dark");
  });
});
