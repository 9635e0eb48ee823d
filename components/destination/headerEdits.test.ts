import { describe, expect, it } from "vitest";
import { duplicateHeaders, editHeaders, headerRows, headersInput } from "./headerEdits.ts";

describe("headers", () => {
  const start = headerRows([{ name: "x-api-key" }, { name: "x-team" }]);

  it("keep their stored values when nothing is done", () => {
    expect(headersInput(start)).toEqual([
      { name: "x-api-key", value: null },
      { name: "x-team", value: null },
    ]);
  });

  it("replace a value, take that back, and remove", () => {
    const replacing = editHeaders(editHeaders(start, { kind: "replace", id: 1 }), { kind: "value", id: 1, value: "new" });
    expect(headersInput(replacing)[0]).toEqual({ name: "x-api-key", value: "new" });
    expect(headersInput(editHeaders(replacing, { kind: "keep", id: 1 }))).toEqual(headersInput(start));
    expect(headersInput(editHeaders(start, { kind: "remove", id: 1 }))).toEqual([{ name: "x-team", value: null }]);
  });

  it("never give a stored value another name", () => {
    expect(headersInput(editHeaders(start, { kind: "name", id: 1, name: "authorization" }))).toEqual(headersInput(start));
  });

  it("never keep a value that was not stored", () => {
    const added = editHeaders(start, { kind: "add" });
    expect(editHeaders(added, { kind: "keep", id: 3 }).rows[2].value).toBe("");
  });

  it("are lower case, as HTTP/2 demands, and named once", () => {
    const named = editHeaders(editHeaders(start, { kind: "add" }), { kind: "name", id: 3, name: "X-Team" });
    expect(headersInput(named)[2]).toEqual({ name: "x-team", value: "" });
    expect(duplicateHeaders(named)).toEqual([3]);
    expect(duplicateHeaders(start)).toEqual([]);
  });
});
