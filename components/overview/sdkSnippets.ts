export const SDKS = ["any", "node", "java", "python", "go", "collector"] as const;
export type Sdk = (typeof SDKS)[number];
export const SDK_LABELS: Record<Sdk, string> = { any: "Any SDK", node: "Node.js", java: "Java", python: "Python", go: "Go", collector: "Collector" };

export type Endpoints = { grpc: string | null; http: string | null };

/** What to type to send a first trace to these endpoints (as the collector announced them), gRPC where it is offered. */
export function sdkSnippet(sdk: Sdk, endpoints: Endpoints): string {
  const grpc = endpoints.grpc !== null;
  const endpoint = withScheme(endpoints.grpc ?? endpoints.http ?? "http://127.0.0.1:4317");
  const protocol = grpc ? "grpc" : "http/protobuf";
  const environment = [`export OTEL_EXPORTER_OTLP_ENDPOINT=${endpoint}`, `export OTEL_EXPORTER_OTLP_PROTOCOL=${protocol}`, "export OTEL_SERVICE_NAME=checkout"];
  switch (sdk) {
    case "any":
      return environment.join("\n");
    case "node":
      return [
        "npm install @opentelemetry/api @opentelemetry/auto-instrumentations-node",
        ...environment,
        "node --require @opentelemetry/auto-instrumentations-node/register app.js",
      ].join("\n");
    case "java":
      return [...environment, "java -javaagent:opentelemetry-javaagent.jar -jar app.jar"].join("\n");
    case "python":
      return [
        "pip install opentelemetry-distro opentelemetry-exporter-otlp",
        "opentelemetry-bootstrap -a install",
        ...environment,
        "opentelemetry-instrument python app.py",
      ].join("\n");
    case "go":
      return goProgram(grpc, endpoint);
    case "collector":
      return collectorConfiguration(grpc, endpoint);
  }
}

function goProgram(grpc: boolean, endpoint: string): string {
  const name = grpc ? "otlptracegrpc" : "otlptracehttp";
  return [
    `// go get go.opentelemetry.io/otel/sdk go.opentelemetry.io/otel/exporters/otlp/otlptrace/${name}`,
    `exporter, err := ${name}.New(ctx, ${name}.WithEndpointURL("${endpoint}"))`,
    "if err != nil {",
    "\tlog.Fatal(err)",
    "}",
    "provider := trace.NewTracerProvider(trace.WithBatcher(exporter)) // go.opentelemetry.io/otel/sdk/trace",
    "defer provider.Shutdown(ctx)",
    "otel.SetTracerProvider(provider)",
  ].join("\n");
}

function collectorConfiguration(grpc: boolean, endpoint: string): string {
  const name = grpc ? "otlp/headgate" : "otlphttp/headgate";
  return [
    "exporters:",
    `  ${name}:`,
    `    endpoint: ${endpoint}`,
    "    tls: { insecure: true }",
    "service:",
    "  pipelines:",
    "    traces:",
    `      exporters: [${name}]`,
  ].join("\n");
}

/** Port of an endpoint for the sentence "listening on 4317 (gRPC) and 4318 (HTTP)". */
export function listening({ grpc, http }: Endpoints): string {
  const ports = [grpc !== null && `${portOf(grpc)} (gRPC)`, http !== null && `${portOf(http)} (HTTP)`].filter((part) => part !== false);
  return ports.length === 0 ? "not listening" : `listening on ${ports.join(" and ")}`;
}

function portOf(endpoint: string): string {
  return /:(\d+)\/?$/.exec(endpoint)?.[1] ?? endpoint;
}

function withScheme(endpoint: string): string {
  return /^https?:\/\//.test(endpoint) ? endpoint : `http://${endpoint}`;
}
