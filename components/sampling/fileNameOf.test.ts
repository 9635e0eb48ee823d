import { expect, it } from "vitest";
import { fileNameOf } from "./fileNameOf.ts";

it("a name becomes that of a file: no folders, nothing hidden, never empty", () => {
  expect(["tail_sampling/eu", "important APIs", "../../etc", ".hidden", "zahlen·ü", "///"].map(fileNameOf)).toEqual([
    "tail_sampling-eu",
    "important-APIs",
    "etc",
    "hidden",
    "zahlen-ü",
    "policy",
  ]);
});
