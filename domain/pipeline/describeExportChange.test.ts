import { describe, expect, it } from "vitest";
import { describeExportChange } from "./describeExportChange.ts";

const otlp = { kind: "otlp", protocol: "grpc", endpoint: "http://a:4317", compression: "none", headers: {} } as const;

describe("what a new destination changes", () => {
  it("says where spans go from now on", () => {
    expect(describeExportChange({ kind: "archive", bytesMax: 10e9 }, otlp)).toEqual([
      "kept spans go to http://a:4317 (OTLP over gRPC), no longer to the local archive (at most 10 GB)",
    ]);
  });
  it("names each changed field, and headers without their values", () => {
    const after = { ...otlp, endpoint: "http://b:4318", protocol: "http", headers: { "x-key": "secret" } } as const;
    expect(describeExportChange(otlp, after)).toEqual(["endpoint: http://a:4317 → http://b:4318", "protocol: grpc → http", "header x-key: added"]);
    expect(describeExportChange(after, otlp).at(-1)).toBe("header x-key: removed");
  });
  it("says nothing when nothing changes", () => {
    expect(describeExportChange(otlp, otlp)).toEqual([]);
  });
});
