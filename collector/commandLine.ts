import { parseArgs } from "node:util";
import { PROFILE_KINDS, PROFILE_SECONDS_DEFAULT, PROFILE_SECONDS_MAX, type ProfileRequest, profileSecondsSchema } from "#domain/fleet/profileRequest.ts";
import { REPLAY_BACK_MS_MAX } from "#domain/sampling/compare/shadowReport.ts";
import { traceIdSchema } from "#domain/sampling/explanation.ts";
import { AppError, messageOf } from "./appError.ts";
import type { CheckOptions } from "./checkCommand.ts";
import type { ReplayOptions } from "./replayCommand.ts";

const HOUR_MS = 3_600_000;
/** Of one span on the wire, as the sample traffic has it. */
const SPAN_BYTES_DEFAULT = 430;
const REPLAY_HOURS_DEFAULT = 6;
const REPLAY_HOURS_MAX = REPLAY_BACK_MS_MAX / HOUR_MS;

export const HELP = `Usage: headgate-collector [--config FILE]
       headgate-collector explain TRACEID [--json]
       headgate-collector profile cpu|heap [--seconds N] [--out FILE]
       headgate-collector check FILE [--rate SPANS/S] [--span-bytes N] [--strict] [--json]
       headgate-collector replay POLICY [--hours N] [--data DIR] [--config FILE] [--json]

Receives OpenTelemetry traces, keeps what the sampling policy says, and delivers it.

  --config FILE   configuration in YAML or JSON (also HEADGATE_CONFIG); without it everything is kept in the local archive
  explain TRACEID asks the collector that runs on this machine why it kept a trace, or not; it is found by HEADGATE_METRICS_HOST
                  and HEADGATE_METRICS_PORT. Ends with 0 when it knows the trace, with 1 when it does not
  --json          the answer of explain, check or replay as JSON
  check FILE      says what is wrong with a configuration, line by line, and what in it does not go together: a tier that can never match, a queue or a
                  decision wait too large or too small for --rate spans a second at one collector (of --span-bytes each, ${SPAN_BYTES_DEFAULT} unless said). Ends with 0 when
                  a collector can run it, with 1 when it can't; with 2 when it can but there are warnings, and --strict
  profile cpu     records for N seconds (1 to ${PROFILE_SECONDS_MAX}, ${PROFILE_SECONDS_DEFAULT} unless said) what the collector that runs on this machine spends its CPU time on, writes
                  it to FILE (headgate-cpu.pb.gz unless said) as gzipped pprof, and prints the functions that took most
  profile heap    the same for what it allocates meanwhile and still holds
  replay POLICY   says what a policy would have kept of what this collector has recorded in the last N hours (up to ${REPLAY_HOURS_MAX}, ${REPLAY_HOURS_DEFAULT} unless said), beside the policy
                  that it runs (of --config FILE, or as the control plane sent it last). POLICY is a file with a policy, or with a whole configuration, in YAML or
                  JSON; --data DIR a collector's data folder (HEADGATE_DATA_DIR unless said). It may run meanwhile. Ends with 0 when all was tried, with 1 when
                  nothing was recorded or it was interrupted
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
  | ({ kind: "check" } & CheckOptions)
  | ({ kind: "replay" } & ReplayOptions)
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
        rate: { type: "string" },
        "span-bytes": { type: "string" },
        strict: { type: "boolean" },
        hours: { type: "string" },
        data: { type: "string" },
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
    if (command !== "check" && (values.rate ?? values["span-bytes"] ?? values.strict) !== undefined)
      throw new Error("--rate, --span-bytes and --strict go with check");
    if (command !== "replay" && (values.hours ?? values.data) !== undefined) throw new Error("--hours and --data go with replay");
    if (command === "check") return check(rest, values);
    if (command === "replay") return replay(rest, values);
    if (command === "profile") return profile(rest, values);
    if (command === "explain") return explain(rest, values.json ?? false);
    if (command !== undefined) throw new Error(`Unknown command ${command}`);
    if (values.json) throw new Error("--json goes with explain, check or replay");
    return { kind: "run", configFile: values.config };
  } catch (error) {
    throw new AppError("usage", `${messageOf(error).split(/\.\s/, 1)[0]}; try --help`);
  }
}

type CheckValues = { rate?: string; "span-bytes"?: string; strict?: boolean; json?: boolean };

function check(rest: readonly string[], { rate, "span-bytes": bytes, strict, json }: CheckValues): CommandLine {
  if (rest.length !== 1) throw new Error("check takes one file");
  if (rate === undefined && bytes !== undefined) throw new Error("--span-bytes goes with --rate");
  const offered =
    rate === undefined ? undefined : { spansPerS: above0("--rate", rate), spanBytes: bytes === undefined ? SPAN_BYTES_DEFAULT : above0("--span-bytes", bytes) };
  return { kind: "check", file: rest[0], offered, strict: strict ?? false, json: json ?? false };
}

function above0(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1e12)) throw new Error(`${option} must be a number above 0, got ${text}`);
  return value;
}

type ReplayValues = { hours?: string; data?: string; config?: string; json?: boolean };

function replay(rest: readonly string[], { hours: given, data, config, json }: ReplayValues): CommandLine {
  if (rest.length !== 1) throw new Error("replay takes one file with a policy");
  const hours = given === undefined ? REPLAY_HOURS_DEFAULT : Number(given);
  if (!(hours > 0 && hours <= REPLAY_HOURS_MAX)) throw new Error(`--hours must be a number above 0, at most ${REPLAY_HOURS_MAX}, got ${given}`);
  return { kind: "replay", file: rest[0], backMs: hours * HOUR_MS, dataDir: data, configFile: config, json: json ?? false };
}

function profile(rest: readonly string[], { seconds: given, out, json }: { seconds?: string; out?: string; json?: boolean }): CommandLine {
  const kind = PROFILE_KINDS.find((one) => one === rest[0]);
  if (kind === undefined || rest.length !== 1) throw new Error("profile takes cpu or heap");
  if (json) throw new Error("--json goes with explain, check or replay");
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
