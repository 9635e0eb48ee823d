import { parseArgs } from "node:util";
import { AppError, messageOf } from "./appError.ts";

export const HELP = `Usage: headgate-collector [--config FILE]

Receives OpenTelemetry traces, keeps what the sampling policy says, and delivers it.

  --config FILE   configuration in YAML or JSON (also HEADGATE_CONFIG); without it everything is kept in the local archive
  --help          this text
  --version       the version

Environment: HEADGATE_DATA_DIR, HEADGATE_CONFIG, HEADGATE_NAME, HEADGATE_LABELS, HEADGATE_LOG_LEVEL,
HEADGATE_FLEET_URL, HEADGATE_ENROLMENT_TOKEN, HEADGATE_OTLP_HOST, HEADGATE_OTLP_GRPC_PORT, HEADGATE_OTLP_HTTP_PORT,
HEADGATE_METRICS_HOST, HEADGATE_METRICS_PORT. A port of 0 is any free one; the ports in use are printed at the start.
`;

export type CommandLine = { kind: "help" } | { kind: "version" } | { kind: "run"; configFile: string | undefined };

/** Throws AppError `usage` with one line that names the argument. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { config: { type: "string" }, help: { type: "boolean" }, version: { type: "boolean" } },
      strict: true,
    });
    if (values.help) return { kind: "help" };
    if (values.version) return { kind: "version" };
    return { kind: "run", configFile: values.config };
  } catch (error) {
    throw new AppError("usage", `${messageOf(error).split(". ", 1)[0]}; try --help`);
  }
}
