import { Writable } from "node:stream";
import { type Logger, pino } from "pino";

const LINES_KEPT = 20;
const WARN = 40;

export type Log = { logger: Logger /** The last warnings and errors, oldest first, for reports to the control plane. */; recentProblems(): string[] };

/** JSON lines, or one readable line per event when stdout is a terminal. Nothing is ever logged per span or per request. */
export function createLog(level: string, stdout: NodeJS.WriteStream): Log {
  const recent: string[] = [];
  const sink = new Writable({
    decodeStrings: false,
    write(line: string, _encoding, done) {
      const event: { level: number; time: number; msg?: string } = JSON.parse(line);
      if (event.level >= WARN) {
        recent.push(readable(event).slice(0, 500));
        if (recent.length > LINES_KEPT) recent.shift();
      }
      stdout.write(stdout.isTTY ? `${readable(event)}\n` : line);
      done();
    },
  });
  // Whoever read our output is gone; there is nobody left to tell.
  stdout.on("error", () => {});
  return { logger: pino({ level, base: undefined, timestamp: () => `,"time":${Date.now()}` }, sink), recentProblems: () => [...recent] };
}

function readable({ level, time, msg, ...fields }: { level: number; time: number; msg?: string; [field: string]: unknown }): string {
  const details = Object.entries(fields).map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  return [new Date(time).toISOString(), pino.levels.labels[level] ?? level, msg ?? "", ...details].join(" ");
}
