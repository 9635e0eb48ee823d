import { hostname } from "node:os";
import path from "node:path";
import { LABELS_MAX } from "#domain/fleet/labels.ts";
import { AppError } from "./appError.ts";

export type CollectorEnv = {
  dataDir: string;
  configFile: string | undefined;
  name: string;
  logLevel: string;
  labels: Record<string, string>;
  fleetUrl: URL | undefined;
  enrolmentToken: string | undefined;
  otlp: { host: string; grpcPort: number; httpPort: number };
  metrics: { host: string; port: number };
  /** Who may record profiles over the port of the metrics. */
  profilesFor: (typeof PROFILES_FOR)[number];
};

type Variables = Readonly<Record<string, string | undefined>>;

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"];
const PROFILES_FOR = ["loopback", "anyone", "nobody"] as const;
const OWN = new Set([
  "HEADGATE_DATA_DIR",
  "HEADGATE_CONFIG",
  "HEADGATE_FLEET_URL",
  "HEADGATE_ENROLMENT_TOKEN",
  "HEADGATE_LABELS",
  "HEADGATE_OTLP_HOST",
  "HEADGATE_OTLP_GRPC_PORT",
  "HEADGATE_OTLP_HTTP_PORT",
  "HEADGATE_METRICS_HOST",
  "HEADGATE_METRICS_PORT",
  "HEADGATE_PPROF",
  "HEADGATE_NAME",
  "HEADGATE_LOG_LEVEL",
]);
/** The server's; both processes may share one environment. */
const TOLERATED = new Set([
  "HEADGATE_HTTP_HOST",
  "HEADGATE_HTTP_PORT",
  "HEADGATE_FLEET_HOST",
  "HEADGATE_FLEET_PORT",
  "HEADGATE_PUBLIC_URL",
  "HEADGATE_WEBHOOKS_PRIVATE",
  "HEADGATE_SECRET",
  "HEADGATE_URL",
  "HEADGATE_TOKEN",
]);

/** Reads and checks the environment; the only place in the collector that does. Throws AppError `usage` with one line that names the variable. */
export function readEnv(env: Variables = process.env): CollectorEnv {
  for (const name of Object.keys(env)) {
    if (name.startsWith("HEADGATE_") && !OWN.has(name) && !TOLERATED.has(name)) throw bad(name, "is not a known variable");
  }
  return {
    dataDir: path.resolve(given(env, "HEADGATE_DATA_DIR") ?? path.join(import.meta.dirname, "..", ".headgate")),
    configFile: given(env, "HEADGATE_CONFIG"),
    name: text(env, "HEADGATE_NAME", 128) ?? hostname(),
    logLevel: logLevel(env),
    labels: labels(env),
    fleetUrl: fleetUrl(env),
    enrolmentToken: text(env, "HEADGATE_ENROLMENT_TOKEN", 512),
    otlp: {
      host: given(env, "HEADGATE_OTLP_HOST") ?? "127.0.0.1",
      grpcPort: port(env, "HEADGATE_OTLP_GRPC_PORT", 4317),
      httpPort: port(env, "HEADGATE_OTLP_HTTP_PORT", 4318),
    },
    metrics: { host: given(env, "HEADGATE_METRICS_HOST") ?? "127.0.0.1", port: port(env, "HEADGATE_METRICS_PORT", 8888) },
    profilesFor: profilesFor(env),
  };
}

function bad(name: string, message: string): AppError {
  return new AppError("usage", `${name} ${message}`);
}

/** An empty variable is one that is not set. */
function given(env: Variables, name: string): string | undefined {
  return env[name] === "" ? undefined : env[name];
}

function text(env: Variables, name: string, lengthMax: number): string | undefined {
  const value = given(env, name)?.trim();
  if (value !== undefined && value.length > lengthMax) throw bad(name, `must have at most ${lengthMax} characters, has ${value.length}`);
  return value;
}

function port(env: Variables, name: string, fallback: number): number {
  const value = given(env, name);
  if (value === undefined) return fallback;
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535) throw bad(name, `must be a port from 0 to 65535, got ${JSON.stringify(value)}`);
  return Number(value);
}

function logLevel(env: Variables): string {
  const value = given(env, "HEADGATE_LOG_LEVEL") ?? "info";
  if (!LOG_LEVELS.includes(value)) throw bad("HEADGATE_LOG_LEVEL", `must be one of ${LOG_LEVELS.join(", ")}, got ${JSON.stringify(value)}`);
  return value;
}

function profilesFor(env: Variables): CollectorEnv["profilesFor"] {
  const value = given(env, "HEADGATE_PPROF") ?? "loopback";
  const known = PROFILES_FOR.find((one) => one === value);
  if (known === undefined) throw bad("HEADGATE_PPROF", `must be one of ${PROFILES_FOR.join(", ")}, got ${JSON.stringify(value)}`);
  return known;
}

function labels(env: Variables): Record<string, string> {
  const value = given(env, "HEADGATE_LABELS");
  if (value === undefined) return {};
  const pairs = value.split(",").map((pair) => pair.trim().match(/^([A-Za-z][A-Za-z0-9_.-]{0,62})=([^\s,=]{0,128})$/));
  if (pairs.length > LABELS_MAX || pairs.includes(null))
    throw bad("HEADGATE_LABELS", `must be up to ${LABELS_MAX} pairs such as env=prod,region=eu, got ${JSON.stringify(value)}`);
  return Object.fromEntries(pairs.map((pair) => [pair?.[1], pair?.[2]]));
}

function fleetUrl(env: Variables): URL | undefined {
  const value = given(env, "HEADGATE_FLEET_URL");
  if (value === undefined) return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === "") {
    throw bad("HEADGATE_FLEET_URL", `must be a URL such as http://127.0.0.1:4320, got ${JSON.stringify(value)}`);
  }
  return url;
}
