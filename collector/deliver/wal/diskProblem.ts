import { messageOf } from "../../appError.ts";
import { codeOf } from "./walFiles.ts";

/** What the figures of a destination can carry. */
const TEXT_MAX = 500;

const KNOWN: Record<string, { what: string; remedy: string }> = {
  ENOSPC: { what: "the disk is full", remedy: "free space or lower BOUND" },
  EDQUOT: { what: "the disk quota is used up", remedy: "raise the quota or lower BOUND" },
  EROFS: { what: "the file system is read-only", remedy: "mount it writable" },
  EACCES: { what: "no permission", remedy: "let the collector's user read and write it" },
  EPERM: { what: "not permitted", remedy: "let the collector's user read and write it" },
  EIO: { what: "the disk reports an I/O error", remedy: "check the disk" },
  EMFILE: { what: "the process has too many open files", remedy: "raise its limit (ulimit -n)" },
  ENFILE: { what: "the machine has too many open files", remedy: "raise fs.file-max" },
  ENOENT: { what: "it was removed while in use", remedy: "it is made again; find out what deletes it" },
  ENOTDIR: { what: "a file is in the way", remedy: "remove it or change HEADGATE_DATA_DIR" },
  EEXIST: { what: "a file is in the way", remedy: "remove it or change HEADGATE_DATA_DIR" },
};

/** What an error of the disk means and what to do about it, with its code and the path; `bound`: the setting that limits what is written. */
export function diskProblem(error: unknown, path: string, bound = "wal.bytesMax"): string {
  const code = codeOf(error);
  const known = KNOWN[code];
  const text = known === undefined ? `${path}: ${messageOf(error)}` : `${known.what} (${code}): ${path}; ${known.remedy.replace("BOUND", bound)}`;
  return shortened(text);
}

export function shortened(text: string): string {
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX - 1)}…`;
}

/** The process or the machine is short of something; what is on the disk is not in doubt. */
export function isShortage(error: unknown): boolean {
  return ["EMFILE", "ENFILE", "ENOMEM", "EAGAIN"].includes(codeOf(error));
}
