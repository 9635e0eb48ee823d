import { describe, expect, it } from "vitest";
import { listening, SDKS, sdkSnippet } from "./sdkSnippets.ts";

describe("sdkSnippet", () => {
  it("carries the collector's own endpoint for every SDK", () => {
    for (const sdk of SDKS) expect(sdkSnippet(sdk, { grpc: "http://127.0.0.1:14317", http: "http://127.0.0.1:14318" })).toContain("http://127.0.0.1:14317");
  });

  it("speaks HTTP where gRPC is not offered", () => {
    const text = sdkSnippet("any", { grpc: null, http: "10.0.0.7:4318" });
    expect(text).toContain("OTEL_EXPORTER_OTLP_ENDPOINT=http://10.0.0.7:4318");
    expect(text).toContain("OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf");
  });
});

describe("listening", () => {
  it("names the ports", () => {
    expect(listening({ grpc: "http://127.0.0.1:4317", http: "http://127.0.0.1:4318" })).toBe("listening on 4317 (gRPC) and 4318 (HTTP)");
    expect(listening({ grpc: null, http: null })).toBe("not listening");
  });
});
