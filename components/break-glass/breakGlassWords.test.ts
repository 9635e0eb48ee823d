import { expect, it } from "vitest";
import { countdown, estimateInWords } from "./breakGlassWords.ts";

it("counts down in minutes and seconds, and in hours where there are some", () => {
  expect([0, 1, 59_001, 1_747_000, 3_723_000].map(countdown)).toEqual(["0:00", "0:01", "1:00", "29:07", "1:02:03"]);
});

it("calls an upper bound what is one, and says why where nothing is known", () => {
  const figures = { spansPerS: 1, bytesPerS: 1, costMicroUsd: 420_000 };
  expect(estimateInWords({ kind: "atMost", ...figures }, 30)).toMatch(/^At most \$0\.42 for 30 minutes/);
  expect(estimateInWords({ kind: "measured", ...figures }, 30)).toMatch(/^\$0\.42 for 30 minutes/);
  expect(estimateInWords({ kind: "unknown", why: "nothing was measured yet" }, 30)).toBe("What it will cost is not known: nothing was measured yet.");
});
