import { readFileSync } from "node:fs";
import path from "node:path";
import { AppError } from "../../appError.ts";
import type { Clock } from "../../clock.ts";
import { codeOf, type WalFiles } from "./walFiles.ts";

const LOCK_FILE = "lock";
/** After taking over what a dead process left, another one may have done the same at the same moment: the one that reads its own text back has it. */
const SETTLE_MS = 50;
/** Folders in use by this process: its pid alone would look like a leftover. */
const held = new Set<string>();

/** One process at a time writes into a folder. The lock, a symbolic link to nowhere, names the process and when it started, so that a leftover is told from a lock. */
export class FolderLock {
  readonly #files: WalFiles;
  readonly #clock: Clock;
  readonly #folder: string;
  readonly #file: string;
  #isHeld = false;

  constructor(files: WalFiles, clock: Clock, folder: string) {
    this.#files = files;
    this.#clock = clock;
    this.#folder = path.resolve(folder);
    this.#file = path.join(folder, LOCK_FILE);
  }

  /** Rejects with AppError when another process has it, or with the disk's error. */
  async take(): Promise<void> {
    if (this.#isHeld) return;
    if (held.has(this.#folder)) throw inUse(process.pid, this.#folder);
    held.add(this.#folder);
    try {
      await this.#takeFile();
      this.#isHeld = true;
    } finally {
      if (!this.#isHeld) held.delete(this.#folder);
    }
  }

  /** Takes it again after the folder was removed. */
  async retake(): Promise<void> {
    if ((await this.#read()) !== ownText()) await this.#takeFile();
  }

  async release(): Promise<void> {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    try {
      if ((await this.#read()) === ownText()) await this.#files.remove(this.#file);
    } finally {
      held.delete(this.#folder);
    }
  }

  async #takeFile(): Promise<void> {
    if (await this.#create()) return;
    const text = await this.#read();
    const owner = text === undefined ? undefined : ownerOf(text);
    if (owner !== undefined && isAlive(owner)) throw inUse(owner.pid, this.#folder);
    await this.#files.remove(this.#file);
    const created = await this.#create();
    if (created) await new Promise<void>((resolve) => this.#clock.after(SETTLE_MS, resolve));
    const now = await this.#read();
    if (created && now === ownText()) return;
    throw inUse((now === undefined ? undefined : ownerOf(now))?.pid ?? 0, this.#folder);
  }

  async #create(): Promise<boolean> {
    try {
      await this.#files.createLink(ownText(), this.#file);
      return true;
    } catch (error) {
      if (codeOf(error) === "EEXIST") return false;
      throw error;
    }
  }

  async #read(): Promise<string | undefined> {
    try {
      return await this.#files.readLink(this.#file);
    } catch (error) {
      // EINVAL: there is a file of that name that is no link, and so no lock of ours.
      if (codeOf(error) === "EINVAL") return "";
      throw error;
    }
  }
}

type Owner = { pid: number; started: string };

/** `pid started`; anything else has no owner. */
function ownerOf(text: string): Owner | undefined {
  const found = /^(\d{1,10}) (\S+)$/.exec(text);
  return found === null ? undefined : { pid: Number(found[1]), started: found[2] };
}

let own: string | undefined;
function ownText(): string {
  own ??= `${process.pid} ${startedAt(process.pid) ?? "-"}`;
  return own;
}

function isAlive({ pid, started }: Owner): boolean {
  // This process holds it only by way of `held`: the file is of an earlier one that had the same pid.
  if (pid === process.pid || pid === 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) === "ESRCH") return false;
  }
  const now = startedAt(pid);
  return now === undefined || started === "-" || now === started;
}

/** Field 22 of /proc/PID/stat (proc_pid_stat(5)), in clock ticks since boot; undefined where there is no /proc. The name before it may hold spaces and brackets. */
function startedAt(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

function inUse(pid: number, folder: string): AppError {
  return new AppError("dataFolder", `in use by process ${pid}: ${folder}; stop that process or give each collector a HEADGATE_DATA_DIR of its own`);
}
