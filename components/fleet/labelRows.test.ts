import { expect, it } from "vitest";
import { labelRows, readLabels } from "./labelRows.ts";

it("reads labels back as they are typed, without empty rows", () => {
  const rows = labelRows({ env: "prod", zone: "" });
  expect(readLabels([...rows, { key: 9, name: " ", value: "" }, { key: 10, name: " team ", value: " shop " }])).toEqual({
    ok: true,
    labels: { env: "prod", zone: "", team: "shop" },
  });
  expect(readLabels([...rows, { key: 9, name: "env", value: "x" }])).toEqual({ ok: false, problem: "The label env is there twice." });
  expect(readLabels([{ key: 1, name: "", value: "x" }])).toEqual({ ok: false, problem: "The value x needs a name." });
});
