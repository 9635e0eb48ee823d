import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AUDIT_CSV_HEAD, type AuditCsvEvent, auditCsvLine } from "./auditCsv.ts";
import type { AuditFacts } from "./auditEvent.ts";
import { type AuditFilter, auditFilterOfSearch, auditFilterToSearch, searchWords, untrustedAuditFilter } from "./auditFilter.ts";
import { auditSentence } from "./auditSentence.ts";
import { fieldChanges } from "./fieldChanges.ts";

const facts = (action: string, more: Partial<AuditFacts> = {}): AuditFacts => ({
  action,
  entity: action.split(".")[0],
  entityId: "id",
  entityName: "checkout",
  detail: {},
  before: null,
  after: null,
  ...more,
});
const saved = (changes: string[], entity = "policy") =>
  auditSentence(facts(`${entity}.saveVersion`, { before: { version: 2 }, after: { version: 3 }, detail: { changes } }));

describe("the sentence of an event", () => {
  it.each<[string, string]>([
    [saved(["important APIs: keep 25% → 50%"]), "raised important APIs from 25% to 50% in policy checkout (v3)"],
    [saved(["default: keep 1% → 0.5%"]), "lowered default from 1% to 0.5% in policy checkout (v3)"],
    [saved(["a: new", "b: removed", "c: moved", "d: moved"]), "saved v3 of policy checkout: a: new; b: removed; and 2 more"],
    [saved([]), "saved v3 of policy checkout"],
    [saved(["queue: 1 → 2 spans"], "pipeline"), "saved v3 of settings checkout: queue: 1 → 2 spans"],
    [auditSentence(facts("policy.archive")), "archived the sampling policy checkout"],
    [auditSentence(facts("policy.restore")), "restored the sampling policy checkout from the archive"],
    [auditSentence(facts("policy.duplicate", { detail: { of: "shop", version: 3 } })), "created the sampling policy checkout as a copy of shop v3"],
    [auditSentence(facts("policy.rename", { before: { name: "old" } })), "renamed the sampling policy old to checkout"],
    [auditSentence(facts("apply.start", { after: { version: 3, revision: 7 } })), "applied checkout v3 as revision 7"],
    [
      auditSentence(facts("apply.start", { after: { version: 3, revision: 7 }, detail: { group: "Europe" } })),
      "applied checkout v3 to the group Europe as revision 7",
    ],
    [
      auditSentence(facts("collector.setLabels", { before: { labels: { env: "prod", team: "a" } }, after: { labels: { env: "test", zone: "" } } })),
      "changed the labels of checkout: env=prod → env=test, +zone=, −team",
    ],
    [
      auditSentence(facts("collector.override", { detail: { runs: ["shop v3"], reason: "to see" } })),
      "had checkout run shop v3 instead of what its group runs: to see",
    ],
    [auditSentence(facts("group.create", { after: { selector: "env=prod" } })), "created the group checkout: collectors with env=prod"],
    [
      auditSentence(
        facts("group.update", { before: { name: "checkout", selector: "", priority: 0 }, after: { name: "checkout", selector: "a", priority: 2 } }),
      ),
      "changed the group checkout: every collector → collectors with a; priority 0 → 2",
    ],
    [
      auditSentence(facts("person.setRole", { entityName: "Ben", before: { role: "viewer" }, after: { role: "editor" } })),
      "changed the role of Ben from viewer to editor",
    ],
    [auditSentence(facts("person.invite", { after: { role: "viewer" } })), "invited somebody as viewer"],
    [
      auditSentence(facts("collector.enrol", { entityName: "eu-1", detail: { enrolmentToken: "for eu" } })),
      "let the collector eu-1 enrol with the token for eu",
    ],
    [auditSentence(facts("group.create", { entityName: "eu" })), "created the group eu"],
    [auditSentence(facts("group.applyOverride", { entityName: "eu" })), "applied override: group eu"],
    [auditSentence(facts("policy.create", { entityName: null })), "created the sampling policy id"],
  ])("%s", (sentence, expected) => expect(sentence).toBe(expected));

  it("is made of whatever a stored event holds, without an error", () => {
    const actions = ["policy.saveVersion", "apply.start", "collector.enrol", "prices.set", "person.setRole", "nothing", ""];
    fc.assert(
      fc.property(fc.constantFrom(...actions), fc.jsonValue(), fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()), (action, before, after, detail) => {
        expect(typeof auditSentence({ action, entity: "x", entityId: null, entityName: null, before, after, detail })).toBe("string");
      }),
    );
  });
});

describe("the filter in an address", () => {
  it("comes back as it went", () => {
    const word = fc
      .string({ minLength: 1, maxLength: 40 })
      .map((text) => text.trim())
      .filter((text) => text !== "");
    const filter = fc.record(
      { text: word, actor: word, action: word, entity: word, entityId: word, fromMs: fc.nat(), toMs: fc.nat() },
      { requiredKeys: [] },
    ) as fc.Arbitrary<AuditFilter>;
    fc.assert(
      fc.property(filter, (given) => {
        expect(auditFilterOfSearch(new URLSearchParams(auditFilterToSearch(given).toString()))).toEqual(given);
      }),
    );
  });

  it("leaves out for the page what can't be read, and hands it to whoever checks", () => {
    const search = new URLSearchParams("q=checkout&from=yesterday&by=&other=1");
    expect(auditFilterOfSearch(search)).toEqual({ text: "checkout" });
    expect(untrustedAuditFilter(search)).toEqual({ text: "checkout", fromMs: Number.NaN, actor: "" });
  });

  it("splits a search into runs of letters and digits, at most 12, with nothing in them that a query would read", () => {
    expect(searchWords("  policy.saveVersion: 127.0.0.1 'ü' & !x ")).toEqual(["policy", "saveVersion", "127", "0", "0", "1", "ü", "x"]);
    expect(searchWords("a ".repeat(50))).toHaveLength(12);
    fc.assert(fc.property(fc.string(), (text) => searchWords(text).every((word) => /^[^\s'&|!:*()<>\\]+$/.test(word.replace(/[\u0080-\u{10ffff}]/gu, "x")))));
  });
});

describe("what differs from before to after", () => {
  it("is told field by field, at any depth", () => {
    expect(fieldChanges({ a: 1, b: { c: [1], d: "x" } }, { a: 1, b: { c: [2], e: null } })).toEqual([
      { path: "b.c", before: [1], after: [2] },
      { path: "b.d", before: "x", after: undefined },
      { path: "b.e", before: undefined, after: null },
    ]);
    expect(fieldChanges("stopped", "running")).toEqual([{ path: "", before: "stopped", after: "running" }]);
    expect(fieldChanges(null, { name: "x" })).toEqual([{ path: "name", before: undefined, after: "x" }]);
    expect(fieldChanges(null, null)).toEqual([]);
  });
});

describe("CSV", () => {
  const event = (actorName: string): AuditCsvEvent => ({
    ...facts("policy.create"),
    id: "7",
    atMs: 0,
    actorKind: "person",
    actorName,
    sentence: 'created "x"',
    origin: {},
    hash: null,
    previousHash: null,
  });

  it("quotes what has quotes, commas or line ends, and has as many cells as its head", () => {
    expect(AUDIT_CSV_HEAD.startsWith("number,time,who,")).toBe(true);
    expect(auditCsvLine(event("Ada, the first\n"))).toContain('7,1970-01-01T00:00:00.000Z,"Ada, the first\n",person,"created ""x""",policy.create');
    const plain = { ...event("Ada"), sentence: "created x" };
    expect(auditCsvLine({ ...plain, detail: 0 as never }).split(",")).toHaveLength(AUDIT_CSV_HEAD.split(",").length);
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =cmd|' /C calc'!A0", "\r\n=1"])("keeps %j from being a formula", (name) => {
    expect(auditCsvLine(event(name))).toContain(`"'${name}"`);
  });
});
