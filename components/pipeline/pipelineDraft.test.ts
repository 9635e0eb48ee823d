import { describe, expect, it } from "vitest";
import { type PipelineField, readSetting } from "#domain/pipeline/pipelineFields.ts";
import { pipelineSettingsSchema } from "#domain/pipeline/pipelineSettings.ts";
import { limitsInWords, problemInWords } from "./fieldWords.ts";
import {
  checkSettings,
  type DraftSetting,
  defaultSetting,
  draftFromSettings,
  draftSetting,
  pipelineDrafts,
  pipelineInput,
  problemsByField,
  settingValue,
} from "./pipelineDraft.ts";

const DEFAULTS = pipelineSettingsSchema.parse({});
const draft = draftFromSettings(DEFAULTS);

/** What the form says at each field once these stand in it. */
function said(changes: Partial<Record<PipelineField, DraftSetting>>): Record<string, string[]> {
  const checked = checkSettings(pipelineInput({ ...draft, ...changes }));
  if (checked.ok) return {};
  return Object.fromEntries([...problemsByField(checked.problems)].map(([field, list]) => [field, list.map((problem) => problemInWords(field, problem))]));
}

describe("the draft of pipeline settings", () => {
  it("is the settings, there and back, to the last byte", () => {
    const odd = pipelineSettingsSchema.parse({
      receive: { requestBytesMax: 1_000_001 },
      queue: { bytesMax: 1_610_612_736 },
      retry: { initialMs: 1_500, budgetRatio: 0.07 },
      wal: { enabled: false, fsync: "never" },
      recording: { redact: ["user.*", "card"] },
    });
    for (const settings of [DEFAULTS, odd]) expect(checkSettings(pipelineInput(draftFromSettings(settings)))).toEqual({ ok: true, value: settings });
  });

  it.each<[PipelineField, number, DraftSetting]>([
    ["queue.bytesMax", 268_435_456, { text: "256", unit: "MiB" }],
    ["queue.bytesMax", 1_610_612_736, { text: "1,536", unit: "MiB" }],
    ["queue.bytesMax", 65_537, { text: "65,537", unit: "bytes" }],
    ["retry.maxMs", 5_000, { text: "5", unit: "s" }],
    ["retry.maxMs", 5_001, { text: "5,001", unit: "ms" }],
    ["retry.maxElapsedMs", 300_000, { text: "5", unit: "min" }],
    ["retry.maxElapsedMs", 90_000, { text: "90", unit: "s" }],
    ["retry.maxElapsedMs", 0, { text: "0", unit: "ms" }],
    ["queue.spansMax", 200_000, { text: "200,000", unit: "" }],
    ["retry.budgetRatio", 0.1, { text: "0.1", unit: "" }],
  ])("writes %s of %s in the largest unit without a fraction", (field, value, setting) => expect(draftSetting(field, value)).toEqual(setting));

  it("takes fractions of a unit that come to whole bytes, and an empty field for the default", () => {
    expect(settingValue("queue.bytesMax", { text: "1.5", unit: "GiB" })).toBe(1_610_612_736);
    expect(settingValue("queue.bytesMax", { text: "1.5", unit: "MiB" })).toBe(1_572_864);
    expect(settingValue("retry.maxMs", { text: "1.005", unit: "s" })).toBe(1_005);
    expect(settingValue("retry.maxMs", { text: "1.1", unit: "min" })).toBe(66_000);
    const empty = checkSettings(pipelineInput({ ...draft, "queue.spansMax": { text: " ", unit: "" } }));
    expect(empty.ok && readSetting(empty.value, "queue.spansMax")).toBe(200_000);
  });

  it("says what is wrong at its field, in the words and units of the form", () => {
    expect(
      said({
        "queue.bytesMax": { text: "1", unit: "KiB" },
        "receive.requestBytesMax": { text: "0.1", unit: "MiB" },
        "delivery.timeoutMs": { text: "soon", unit: "s" },
        "queue.spansMax": { text: "many", unit: "" },
        "retry.maxMs": { text: "50", unit: "ms" },
        "batch.sizeMin": { text: "9,000", unit: "" },
        "batch.shrinkWhenQueueBelow": { text: "5,001", unit: "" },
        "memory.softRatio": { text: "1", unit: "" },
      }),
    ).toEqual({
      "receive.requestBytesMax": ["must come to a whole number of bytes"],
      "batch.sizeMin": ["must be at most “Largest batch” (8192), got 9000"],
      "batch.shrinkWhenQueueBelow": ["must be at most half of “Grows above” (10000), got 5001"],
      "queue.spansMax": ['must be a whole number of spans, got "many"'],
      "queue.bytesMax": ["must be between 64 KiB and 64 GiB"],
      "retry.maxMs": ["must be at least “First back-off”"],
      "delivery.timeoutMs": ["must be a number"],
      "memory.softRatio": ["must be between 0.5 and 0.99, got 1"],
    });
    expect(limitsInWords("retry.maxElapsedMs")).toBe("0 ms to 24 h");
    expect(limitsInWords("wal.fsync")).toBe("");
  });

  it("takes a list one a line, an empty one for none, and says which entry is wrong", () => {
    expect(settingValue("recording.redact", { text: " user.id \n\ncard*\n", unit: "" })).toEqual(["user.id", "card*"]);
    expect(settingValue("recording.redact", { text: "", unit: "" })).toEqual([]);
    expect(said({ "recording.redact": { text: "user.id\n*", unit: "" } })).toEqual({
      "recording.redact": [expect.stringContaining("entry 2 must be an attribute's key")],
    });
    expect(said({ "recording.redact": { text: "user.id\nuser.id", unit: "" } })).toEqual({ "recording.redact": ['entry 2 "user.id" stands there twice'] });
  });

  it("goes back to the default, and to a smallest batch that is no larger than the largest", () => {
    expect(defaultSetting("breaker.openForMs", draft)).toEqual({ text: "30", unit: "s" });
    expect(defaultSetting("batch.sizeMin", draft)).toEqual({ text: "512", unit: "" });
    expect(defaultSetting("batch.sizeMin", { ...draft, "batch.sizeMax": { text: "100", unit: "" } })).toEqual({ text: "100", unit: "" });
    expect(defaultSetting("batch.sizeMin", { ...draft, "batch.sizeMax": { text: "x", unit: "" } })).toEqual({ text: "512", unit: "" });
  });

  it("is ignored when what the browser kept lacks a setting that there is now", () => {
    const items = new Map<string, string>();
    const store = {
      length: 0,
      key: () => null,
      getItem: (key: string) => items.get(key) ?? null,
      setItem: (key: string, text: string) => void items.set(key, text),
      removeItem: (key: string) => void items.delete(key),
    };
    const { "wal.fsync": _gone, ...older } = draft;
    items.set("older", JSON.stringify({ draft: older, name: null, savedAtMs: 1 }));
    pipelineDrafts.writeDraft(store, "whole", { draft, name: null, savedAtMs: 1 });
    expect(pipelineDrafts.readDraft(store, "older")).toBeNull();
    expect(pipelineDrafts.readDraft(store, "whole")).toEqual({ draft, name: null, savedAtMs: 1 });
  });
});
