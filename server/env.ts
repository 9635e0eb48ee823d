import path from "node:path";
import { z } from "zod";
import { StartError } from "./errors/startError.ts";

const PROJECT_DIR = path.resolve(import.meta.dirname, "..");

const port = (fallback: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/, "must be a port number between 0 and 65535")
    .transform(Number)
    .refine((value) => value <= 65_535, "must be a port number between 0 and 65535")
    .default(fallback);
const host = z
  .string()
  .regex(/^[\w.:-]+$/, "must be a host name or an IP address")
  .default("127.0.0.1");
const url = (protocols: string[], example: string) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), `must be a URL such as ${example}`);

const schema = z.object({
  DATABASE_URL: url(["postgres:", "postgresql:"], "postgresql://user:password@host:5432/headgate").optional(),
  HEADGATE_DATA_DIR: z
    .string()
    .default(path.join(PROJECT_DIR, ".headgate"))
    .transform((dir) => path.resolve(dir)),
  HEADGATE_HTTP_HOST: host,
  HEADGATE_HTTP_PORT: port(3000),
  HEADGATE_FLEET_HOST: host,
  HEADGATE_FLEET_PORT: port(4320),
  HEADGATE_PUBLIC_URL: url(["http:", "https:"], "https://headgate.example.org")
    .transform((value) => value.replace(/\/+$/, ""))
    .optional(),
  HEADGATE_SECRET: z.string().min(32, "must have at least 32 characters").optional(),
  HEADGATE_WEBHOOKS_PRIVATE: z.enum(["refuse", "allow"], "must be refuse or allow").default("refuse"),
  HEADGATE_LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"], "must be trace, debug, info, warn, error, fatal or silent")
    .default("info"),
});

export type ServerEnv = z.output<typeof schema>;

/** One environment serves the starter, the collector and the command line, so what those read is no mistake here. */
const OF_OTHERS = new Set([
  "HEADGATE_URL",
  "HEADGATE_TOKEN",
  "HEADGATE_CONFIG",
  "HEADGATE_FLEET_URL",
  "HEADGATE_ENROLMENT_TOKEN",
  "HEADGATE_LABELS",
  "HEADGATE_NAME",
  "HEADGATE_OTLP_HOST",
  "HEADGATE_OTLP_GRPC_PORT",
  "HEADGATE_OTLP_HTTP_PORT",
  "HEADGATE_METRICS_HOST",
  "HEADGATE_METRICS_PORT",
  "HEADGATE_PPROF",
]);
const SECRETS = new Set(["DATABASE_URL", "HEADGATE_SECRET"]);

/** The only reader of the environment. Throws StartError with one line that says which variable is wrong. */
export function readEnv(environment: Record<string, string | undefined>): ServerEnv {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ""));
  const unknown = Object.keys(given).find((name) => name.startsWith("HEADGATE_") && !(name in schema.shape) && !OF_OTHERS.has(name));
  if (unknown) throw new StartError(`${unknown} is not a variable that Headgate knows; the list is in docs/configuration.md`);
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const name = String(issue.path[0]);
  const shown = SECRETS.has(name) ? "" : `, got ${JSON.stringify(given[name])}`;
  throw new StartError(`${name} ${issue.message}${shown}`);
}

export function currentEnv(): ServerEnv {
  return readEnv(process.env);
}
