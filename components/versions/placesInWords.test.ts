import { expect, it } from "vitest";
import { placesInWords } from "./placesInWords.ts";

const group = (groupName: string, version: number) => ({ groupName, collector: null, version });

it("names the versions and where each runs, the newest first", () => {
  expect(placesInWords([])).toBe("not running");
  expect(placesInWords([group("Europe", 3)])).toBe("v3 runs in Europe");
  expect(
    placesInWords([group("All other collectors", 2), group("Europe", 3), group("Asia", 3), { groupName: "Asia", collector: { name: "gw-1" }, version: 4 }]),
  ).toBe("v4 runs on gw-1, v3 in Europe and Asia, v2 in All other collectors");
  expect(placesInWords(["a", "b", "c", "d"].map((name) => group(name, 1)))).toBe("v1 runs in a, b, c and 1 more");
});
