import { randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import path from "node:path";
import { StartError } from "./errors/startError.ts";

const SECRET_FILE = "secret";
const TOKEN_FILE = "local-enrolment-token";
const PID_FILE = "server.pid";

/** What the control plane keeps outside of the database. Every file in it is its owner's alone. */
export class DataFolder {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
    try {
      mkdirSync(dir, { recursive: true, mode: 0o711 });
      this.#takeOver();
    } catch (error) {
      if (error instanceof StartError) throw error;
      throw new StartError(`HEADGATE_DATA_DIR ${dir} can't be used: ${error instanceof Error ? error.message : String(error)}`, error);
    }
  }

  path(name: string): string {
    return path.join(this.dir, name);
  }

  /** Generated once. Without it, what was sealed with it can't be opened any more. */
  secret(): string {
    const known = this.#read(SECRET_FILE);
    if (known) return known;
    const secret = randomBytes(48).toString("base64url");
    this.#write(SECRET_FILE, secret);
    return secret;
  }

  localToken(): string | null {
    return this.#read(TOKEN_FILE);
  }

  writeLocalToken(token: string): void {
    this.#write(TOKEN_FILE, token);
  }

  release(): void {
    rmSync(this.path(PID_FILE), { force: true });
  }

  /** Two control planes on one folder would stop each other's Postgres. One that was killed left its number behind, which is no obstacle. */
  #takeOver(): void {
    const pid = Number(this.#read(PID_FILE));
    if (pid > 0 && pid !== process.pid && isControlPlane(pid)) {
      throw new StartError(`another control plane (process ${pid}) uses the data folder ${this.dir}; stop it, or choose another HEADGATE_DATA_DIR`);
    }
    this.#write(PID_FILE, String(process.pid));
  }

  #read(name: string): string | null {
    const file = this.path(name);
    return existsSync(file) ? readFileSync(file, "utf8").trim() || null : null;
  }

  /** Beside, flushed, then renamed: a crash leaves the old file or the new one. */
  #write(name: string, text: string): void {
    const fresh = this.path(`${name}.new`);
    const file = openSync(fresh, "w", 0o600);
    try {
      writeSync(file, `${text}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(fresh, this.path(name));
  }
}

function isControlPlane(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  const commandLine = `/proc/${pid}/cmdline`;
  return existsSync(commandLine) ? readFileSync(commandLine, "utf8").includes("server/main.ts") : true;
}
