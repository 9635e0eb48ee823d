import { describe, expect, it } from "vitest";
import { readEnv } from "./env.ts";

describe("readEnv", () => {
  it("has defaults for everything", () => {
    expect(readEnv({})).toMatchObject({
      otlp: { host: "127.0.0.1", grpcPort: 4317, httpPort: 4318 },
      metrics: { host: "127.0.0.1", port: 8888 },
      fleetUrl: undefined,
      labels: {},
    });
  });

  it("takes what is given, and an empty variable as not given", () => {
    const env = readEnv({
      HEADGATE_LABELS: "env=prod, region=eu",
      HEADGATE_FLEET_URL: "http://cp:4320",
      HEADGATE_OTLP_GRPC_PORT: "0",
      HEADGATE_METRICS_PORT: "",
    });
    expect(env).toMatchObject({ labels: { env: "prod", region: "eu" }, otlp: { grpcPort: 0 }, metrics: { port: 8888 } });
    expect(env.fleetUrl?.host).toBe("cp:4320");
  });

  it("tolerates the server's variables, and refuses a name that neither process knows", () => {
    expect(() => readEnv({ HEADGATE_HTTP_PORT: "3000", HEADGATE_SECRET: "x", DATABASE_URL: "y" })).not.toThrow();
    expect(() => readEnv({ HEADGATE_OTLP_PORT: "1" })).toThrow("HEADGATE_OTLP_PORT is not a known variable");
  });

  it.each([
    [{ HEADGATE_OTLP_GRPC_PORT: "70000" }, 'HEADGATE_OTLP_GRPC_PORT must be a port from 0 to 65535, got "70000"'],
    [{ HEADGATE_METRICS_PORT: "x" }, "HEADGATE_METRICS_PORT must be a port"],
    [{ HEADGATE_FLEET_URL: "cp" }, "HEADGATE_FLEET_URL must be a URL"],
    [{ HEADGATE_LABELS: "prod" }, "HEADGATE_LABELS must be up to 64 pairs"],
    [{ HEADGATE_LOG_LEVEL: "loud" }, "HEADGATE_LOG_LEVEL must be one of"],
  ])("refuses %j, naming the variable", (env, message) => {
    expect(() => readEnv(env)).toThrow(message);
  });
});
