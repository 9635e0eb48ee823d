import pino from "pino";

export type Log = pino.Logger;

/** JSON lines on standard output. What is secret by its name is not written, wherever it turns up. */
export function createLog(level: string): Log {
  const paths = ["token", "credential", "password", "headers", "secret", "*.token", "*.credential", "*.password", "*.headers", "*.secret"];
  return pino({ level, base: null, redact: { paths, censor: "[redacted]" } }, pino.destination({ dest: 1, sync: true }));
}
