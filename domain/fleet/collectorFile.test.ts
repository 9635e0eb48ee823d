import { describe, expect, it } from "vitest";
import { parseCollectorFile } from "./collectorFile.ts";

describe("parseCollectorFile", () => {
  it("takes what is said of the process apart from the configuration", () => {
    const parsed = parseCollectorFile({ receivers: { grpc: { engine: "node" } }, export: { endpoint: "http://127.0.0.1:4319" } });
    expect(parsed).toMatchObject({
      ok: true,
      value: { process: { receivers: { grpc: { engine: "node" } } }, config: { export: { kind: "otlp", endpoint: "http://127.0.0.1:4319" } } },
    });
    expect(parsed.ok && "receivers" in parsed.value.config).toBe(false);
  });

  it("gives the problems of both parts with their paths", () => {
    const parsed = parseCollectorFile({ receivers: { grpc: { engine: "fast" } }, export: { endpoint: "nowhere" }, other: 1 });
    expect(!parsed.ok && parsed.problems.map(({ path }) => path).sort()).toEqual(["export.endpoint", "other", "receivers.grpc.engine"]);
  });

  it("has defaults for everything", () => {
    expect(parseCollectorFile(undefined)).toMatchObject({ ok: true, value: { process: { receivers: { grpc: { engine: "lean" } } } } });
  });

  it("refuses what is not an object", () => {
    expect(parseCollectorFile([1])).toMatchObject({ ok: false });
  });
});
