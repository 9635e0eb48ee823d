import { parseArgs } from "node:util";
import { traceIdSchema } from "#domain/sampling/explanation.ts";
import { AppError, messageOf } from "./appError.ts";

export const HELP = `Usage: headgate-collector [--config FILE]
       headgate-collector explain TRACEID [--json]

Receives OpenTelemetry traces, keeps what the sampling policy says, and delivers it.

  --config FILE   configuration in YAML or JSON (also HEADGATE_CONFIG); without it everything is kept in the local archive
  explain TRACEID asks the collector that runs on this machine why it kept a trace, or not; it is found by HEADGATE_METRICS_HOST
                  and HEADGATE_METRICS_PORT. Ends with 0 when it knows the trace, with 1 when it does not
  --json          the answer as JSON
  --help          this text
  --version       the version

Environment: HEADGATE_DATA_DIR, HEADGATE_CONFIG, HEADGATE_NAME, HEADGATE_LABELS, HEADGATE_LOG_LEVEL,
HEADGATE_FLEET_URL, HEADGATE_ENROLMENT_TOKEN, HEADGATE_OTLP_HOST, HEADGATE_OTLP_GRPC_PORT, HEADGATE_OTLP_HTTP_PORT,
HEADGATE_METRICS_HOST, HEADGATE_METRICS_PORT. A port of 0 is any free one; the ports in use are printed at the start.
`;

export type CommandLine =
  | { kind: "help" }
  | { kind: "version" }
  | { kind: "run"; configFile: string | undefined }
  | { kind: "explain"; traceId: string; json: boolean };

/** Throws AppError `usage` with one line that names the argument. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { config: { type: "string" }, json: { type: "boolean" }, help: { type: "boolean" }, version: { type: "boolean" } },
      allowPositionals: true,
      strict: true,
    });
    if (values.help) return { kind: "help" };
    if (values.version) return { kind: "version" };
    const [command, ...rest] = positionals;
    if (command === "explain") return explain(rest, values.json ?? false);
    if (command !== undefined) throw new Error(`Unknown command ${command}`);
    if (values.json) throw new Error("--json goes with explain");
    return { kind: "run", configFile: values.config };
  } catch (error) {
    throw new AppError("usage", `${messageOf(error).split(". ", 1)[0]}; try --help`);
  }
}

function explain(rest: readonly string[], json: boolean): CommandLine {
  if (rest.length !== 1) throw new Error("explain takes one trace id");
  const traceId = traceIdSchema.safeParse(rest[0]);
  if (!traceId.success) throw new Error(`${rest[0]} ${traceId.error.issues[0].message}`);
  return { kind: "explain", traceId: traceId.data, json };
}
