import { expect, it } from "vitest";
import { DROP_REASONS } from "#collector/deliver/exporter.ts";
import { REFUSAL_REASONS } from "#collector/receive/answer.ts";
import { reasonWords } from "#components/live/delivery/reasonWords.ts";

it("the pages have words for every reason that a collector gives", () => {
  expect([...REFUSAL_REASONS, ...DROP_REASONS].filter((reason) => reasonWords(reason) === "")).toEqual([]);
});
