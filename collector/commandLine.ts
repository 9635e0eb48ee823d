import { parseArgs } from "node:util";
import { PROFILE_KINDS, PROFILE_SECONDS_DEFAULT, PROFILE_SECONDS_MAX, type ProfileRequest, profileSecondsSchema } from "#domain/fleet/profileRequest.ts";
import { traceIdSchema } from "#domain/sampling/explanation.ts";
import { AppError, messageOf } from "./appError.ts";

export const HELP = `Usage: headgate-collector [--config FILE]
       headgate-collector explain TRACEID [--json]
       headgate-collector profile cpu|heap [--seconds N] [--out FILE]

Receives OpenTelemetry traces, keeps what the sampling policy says, and delivers it.

  --config FILE   configuration in YAML or JSON (also HEADGATE_CONFIG); without it everything is kept in the local archive
  explain TRACEID asks the collector that runs on this machine why it kept a trace, or not; it is found by HEADGATE_METRICS_HOST
                  and HEADGATE_METRICS_PORT. Ends with 0 when it knows the trace, with 1 when it does not
  --json          the answer as JSON
  profile cpu     records for N seconds (1 to ${PROFILE_SECONDS_MAX}, ${PROFILE_SECONDS_DEFAULT} unless said) what the collector that runs on this machine spends its CPU time on, writes
                  it to FILE (headgate-cpu.pb.gz unless said) as gzipped pprof, and prints the functions that took most
  profile heap    the same for what it allocates meanwhile and still holds
  --help          this text
  --version       the version

Environment: HEADGATE_DATA_DIR, HEADGATE_CONFIG, HEADGATE_NAME, HEADGATE_LABELS, HEADGATE_LOG_LEVEL,
HEADGATE_FLEET_URL, HEADGATE_ENROLMENT_TOKEN, HEADGATE_OTLP_HOST, HEADGATE_OTLP_GRPC_PORT, HEADGATE_OTLP_HTTP_PORT,
HEADGATE_METRICS_HOST, HEADGATE_METRICS_PORT, HEADGATE_PPROF. A port of 0 is any free one; the ports in use are printed at the start.
`;

export type CommandLine =
  | { kind: "help" }
  | { kind: "version" }
  | { kind: "run"; configFile: string | undefined }
  | { kind: "explain"; traceId: string; json: boolean }
  | { kind: "profile"; request: ProfileRequest; file: string };

/** Throws AppError `usage` with one line that names the argument. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        config: { type: "string" },
        json: { type: "boolean" },
        seconds: { type: "string" },
        out: { type: "string" },
        help: { type: "boolean" },
        version: { type: "boolean" },
      },
      allowPositionals: true,
      strict: true,
    });
    if (values.help) return { kind: "help" };
    if (values.version) return { kind: "version" };
    const [command, ...rest] = positionals;
    if (command !== "profile" && (values.seconds ?? values.out) !== undefined) throw new Error("--seconds and --out go with profile");
    if (command === "profile") return profile(rest, values);
    if (command === "explain") return explain(rest, values.json ?? false);
    if (command !== undefined) throw new Error(`Unknown command ${command}`);
    if (values.json) throw new Error("--json goes with explain");
    return { kind: "run", configFile: values.config };
  } catch (error) {
    throw new AppError("usage", `${messageOf(error).split(". ", 1)[0]}; try --help`);
  }
}

function profile(rest: readonly string[], { seconds: given, out, json }: { seconds?: string; out?: string; json?: boolean }): CommandLine {
  const kind = PROFILE_KINDS.find((one) => one === rest[0]);
  if (kind === undefined || rest.length !== 1) throw new Error("profile takes cpu or heap");
  if (json) throw new Error("--json goes with explain");
  const seconds = profileSecondsSchema.safeParse(given === undefined ? PROFILE_SECONDS_DEFAULT : Number(given));
  if (!seconds.success) throw new Error(`--seconds ${seconds.error.issues[0].message}, got ${given}`);
  return { kind: "profile", request: { kind, seconds: seconds.data }, file: out ?? `headgate-${kind}.pb.gz` };
}

function explain(rest: readonly string[], json: boolean): CommandLine {
  if (rest.length !== 1) throw new Error("explain takes one trace id");
  const traceId = traceIdSchema.safeParse(rest[0]);
  if (!traceId.success) throw new Error(`${rest[0]} ${traceId.error.issues[0].message}`);
  return { kind: "explain", traceId: traceId.data, json };
}
