import { describe, expect, it } from "vitest";
import { readEnv } from "./env.ts";

describe("environment of the server", () => {
  it("has a default for everything", () => {
    expect(readEnv({ PATH: "/bin" })).toMatchObject({
      HEADGATE_HTTP_HOST: "127.0.0.1",
      HEADGATE_HTTP_PORT: 3000,
      HEADGATE_FLEET_PORT: 4320,
      HEADGATE_LOG_LEVEL: "info",
    });
  });

  it("tolerates what the collector reads, and refuses what nobody knows", () => {
    expect(() => readEnv({ HEADGATE_OTLP_GRPC_PORT: "4317", HEADGATE_LABELS: "env=prod" })).not.toThrow();
    expect(() => readEnv({ HEADGATE_HTTPPORT: "3000" })).toThrow("HEADGATE_HTTPPORT is not a variable");
  });

  it.each([
    ["HEADGATE_HTTP_PORT", "70000", 'HEADGATE_HTTP_PORT must be a port number between 0 and 65535, got "70000"'],
    ["HEADGATE_FLEET_PORT", "http", "HEADGATE_FLEET_PORT must be a port number"],
    ["HEADGATE_PUBLIC_URL", "headgate.example.org", "HEADGATE_PUBLIC_URL must be a URL"],
    ["HEADGATE_LOG_LEVEL", "loud", "HEADGATE_LOG_LEVEL must be trace"],
  ])("names %s when its value is wrong", (name, value, message) => {
    expect(() => readEnv({ [name]: value })).toThrow(message);
  });

  it("never repeats a secret", () => {
    expect(() => readEnv({ DATABASE_URL: "mysql://user:hunter2@host/db" })).toThrow(/^DATABASE_URL must be a URL such as \S+$/);
    expect(() => readEnv({ HEADGATE_SECRET: "hunter2" })).toThrow(/^HEADGATE_SECRET must have at least 32 characters$/);
  });
});
