import { describe, expect, it } from "vitest";
import { checkFile } from "./checkFile.ts";

const places = (text: string) => checkFile(text, undefined).map(({ severity, path, line, column }) => `${line}:${column} ${severity} ${path}`);

describe("checkFile", () => {
  it("finds nothing wrong with an empty file, or with one that says little", () => {
    expect(checkFile("", undefined)).toEqual([]);
    expect(checkFile("export: { endpoint: http://127.0.0.1:4317 }", undefined)).toEqual([]);
  });

  it("says where a text can't be read, without repeating it", () => {
    expect(checkFile("sampling:\n  tiers: [\n  - x", undefined)[0]).toMatchObject({ severity: "error", line: 3 });
    expect(checkFile('{"sampling": {"tiers": }', undefined).length).toBeGreaterThan(0);
    expect(checkFile("a: 1\na: 2\n", undefined)).toMatchObject([{ message: "Map keys must be unique", line: 2, column: 1 }]);
    for (const { message } of checkFile("export: { headers: { authorization: 'secret }", undefined)) expect(message).not.toContain("secret");
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
    const [finding] = checkFile(text, undefined);
    expect(finding).toMatchObject({ severity: "warning", path: "sampling.tiers[1].condition" });
    expect(text.split("\n")[(finding.line ?? 0) - 1]).toContain('"condition": {');
  });

  it("takes hostile texts for what they are", () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]\n${["b", "c", "d", "e"].map((name, at) => `${name}: &${name} [${Array(10).fill(`*${"abcd"[at]}`).join(",")}]`).join("\n")}`;
    expect(checkFile(bomb, undefined)[0]).toMatchObject({ severity: "error" });
    expect(checkFile("{".repeat(5000), undefined)[0]).toMatchObject({ severity: "error" });
    expect(checkFile("just a text", undefined)[0]).toMatchObject({ severity: "error" });
  });
});
