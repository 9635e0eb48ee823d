import { describe, expect, it } from "vitest";
import { checkFile } from "./checkFile.ts";

const check = (text: string) => checkFile(text, undefined).findings;
const places = (text: string) => check(text).map(({ severity, path, line, column }) => `${line}:${column} ${severity} ${path}`);

describe("checkFile", () => {
  it("finds nothing wrong with an empty file, or with one that says little", () => {
    expect(check("")).toEqual([]);
    expect(check("export: { endpoint: http://127.0.0.1:4317 }")).toEqual([]);
  });

  it("says where a text can't be read, without repeating it", () => {
    expect(check("sampling:\n  tiers: [\n  - x")[0]).toMatchObject({ severity: "error", line: 3 });
    expect(check('{"sampling": {"tiers": }').length).toBeGreaterThan(0);
    expect(check("a: 1\na: 2\n")).toMatchObject([{ message: "Map keys must be unique", line: 2, column: 1 }]);
    for (const { message } of check("export: { headers: { authorization: 'secret }")) expect(message).not.toContain("secret");
  });

  it("points at what is not valid, at what is around it where it is missing", () => {
    const text = `sampling:
  tiers:
    - name: errors
      condition: { kind: status, is: error }
      keep: { kind: ratio, ratio: 50 }
    - name: default
      condition: { kind: always }
pipeline:
  queue: { spansMax: 10, colour: red }
`;
    expect(places(text)).toEqual(["5:35 error sampling.tiers[0].keep.ratio", "6:7 error sampling.tiers[1].keep", "9:34 error pipeline.queue.colour"]);
  });

  it("points at what can never match, in JSON as well", () => {
    const tier = (name: string, condition: object) => ({ name, condition, keep: { kind: "ratio", ratio: 1 } });
    const text = JSON.stringify(
      { sampling: { tiers: [tier("a", { kind: "status", is: "error" }), tier("b", { kind: "status", is: "error" }), tier("c", { kind: "always" })] } },
      undefined,
      1,
    );
    const [finding] = check(text);
    expect(finding).toMatchObject({ severity: "warning", path: "sampling.tiers[1].condition" });
    expect(text.split("\n")[(finding.line ?? 0) - 1]).toContain('"condition": {');
  });

  it("takes hostile texts for what they are", () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]\n${["b", "c", "d", "e"].map((name, at) => `${name}: &${name} [${Array(10).fill(`*${"abcd"[at]}`).join(",")}]`).join("\n")}`;
    expect(check(bomb)[0]).toMatchObject({ severity: "error" });
    expect(check("{".repeat(5000))[0]).toMatchObject({ severity: "error" });
    expect(check("just a text")[0]).toMatchObject({ severity: "error" });
  });
});
