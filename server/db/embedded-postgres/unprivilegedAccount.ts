import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { StartError } from "../../errors/startError.ts";

export type Account = { name: string; uid: number; gid: number };

/** Postgres refuses to run as root; then it runs as `postgres`, or else as `nobody`. Null when we are not root. */
export function unprivilegedAccount(): Account | null {
  if (process.getuid?.() !== 0) return null;
  const lines = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const wanted of ["postgres", "nobody"]) {
    const [name, , uid, gid] = lines.map((line) => line.split(":")).find((fields) => fields[0] === wanted) ?? [];
    if (name && Number(uid) > 0) return { name, uid: Number(uid), gid: Number(gid) };
  }
  throw new StartError("Postgres can't run as root, and there is neither an account postgres nor nobody; start Headgate as another user, or set DATABASE_URL");
}

/** Throws when `account` can't get to `target` because a folder above it is closed to others. */
export function requireTraversable(target: string, account: Account, what: string): void {
  for (let dir = path.dirname(path.resolve(target)); ; dir = path.dirname(dir)) {
    const { mode, uid, gid } = statSync(dir);
    const open = uid === account.uid ? mode & 0o100 : gid === account.gid ? mode & 0o010 : mode & 0o001;
    if (!open) {
      const remedy = `run chmod o+x ${dir}, choose another HEADGATE_DATA_DIR, start as another user, or set DATABASE_URL`;
      throw new StartError(`the embedded Postgres runs as ${account.name}, who can't enter ${dir}, where ${what}: ${remedy}`);
    }
    if (dir === path.dirname(dir)) return;
  }
}
