import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

export type Postmaster = { pid: number; port: number; socketDir: string; listenAddress: string };

/** What a running Postgres wrote about itself into its data folder; null when there is none, or it is dead. */
export function runningPostmaster(dataDir: string): Postmaster | null {
  const file = path.join(dataDir, "postmaster.pid");
  if (!existsSync(file)) return null;
  const [pid, , , port, socketDir, listenAddress] = readFileSync(file, "utf8")
    .split("\n")
    .map((line) => line.trim());
  if (!isAlive(Number(pid)) || !port) return null;
  return { pid: Number(pid), port: Number(port), socketDir, listenAddress };
}

/** A zombie is dead; where nobody reaps it, only /proc tells. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  const stat = `/proc/${pid}/stat`;
  if (!existsSync("/proc/self/stat")) return true;
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(stat, "utf8"));
  } catch {
    return false;
  }
}
