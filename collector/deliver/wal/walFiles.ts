import { type Stats, writeSync } from "node:fs";
import { type FileHandle, lstat, mkdir, open, readdir, readlink, rm, rmdir, statfs, symlink, truncate } from "node:fs/promises";
import path from "node:path";

/** An open file. Lengths in bytes; a write or read may do less than was asked for. */
export type WalFile = {
  write(buffer: Buffer, start: number, length: number, position: number): Promise<number>;
  /** The same in this thread, which stands still until the system call is back; throws its error. */
  writeNow(buffer: Buffer, start: number, length: number, position: number): number;
  read(buffer: Buffer, start: number, length: number, position: number): Promise<number>;
  /** fdatasync: the contents and the length are on the disk itself. */
  sync(): Promise<void>;
  close(): Promise<void>;
};

/** All that the log does with the disk, so that tests can make a disk fail, fill up or hang. Every call rejects with the error of the system call. */
export type WalFiles = {
  makeFolder(folder: string): Promise<void>;
  /** Whether a write into it goes to this machine's memory first, and no further. False also where that is not known. */
  isLocal(folder: string): Promise<boolean>;
  /** Regular files only. */
  list(folder: string): Promise<{ name: string; bytes: number }[]>;
  /** Fails with EEXIST when there is such a file. */
  create(file: string): Promise<WalFile>;
  /** Creates it when there is none; keeps what is in it. */
  openToWrite(file: string): Promise<WalFile>;
  openToRead(file: string): Promise<WalFile>;
  truncate(file: string, bytes: number): Promise<void>;
  exists(file: string): Promise<boolean>;
  /** A symbolic link to `text`: made with its text in one step or, with EEXIST, not at all, and needs no block of a full disk. */
  createLink(text: string, file: string): Promise<void>;
  /** Undefined when there is none. */
  readLink(file: string): Promise<string | undefined>;
  /** Does nothing when it is not there. */
  remove(file: string): Promise<void>;
  /** Does nothing when it is not empty. */
  removeFolder(folder: string): Promise<void>;
  /** Makes the names in it safe against a failure of the machine. */
  syncFolder(folder: string): Promise<void>;
};

const OWNER_ONLY = 0o600;
/** As statfs(2) names them: ext2 to ext4, XFS, Btrfs, tmpfs, overlayfs, F2FS, ZFS. */
const LOCAL_FILE_SYSTEMS: ReadonlySet<number> = new Set([0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630, 0xf2f52010, 0x2fc12fc1]);

export const diskFiles: WalFiles = {
  async makeFolder(folder) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  },
  async isLocal(folder) {
    return process.platform === "linux" && LOCAL_FILE_SYSTEMS.has((await statfs(folder)).type);
  },
  async list(folder) {
    const found: { name: string; bytes: number }[] = [];
    for (const name of await readdir(folder)) {
      const stat = await statOf(path.join(folder, name));
      if (stat?.isFile()) found.push({ name, bytes: stat.size });
    }
    return found;
  },
  create: async (file) => walFile(await open(file, "wx", OWNER_ONLY)),
  // Neither "r+" nor "w": the one does not create, the other empties; "a" writes at the end wherever it was told to.
  async openToWrite(file) {
    try {
      return walFile(await open(file, "r+"));
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
      return walFile(await open(file, "wx", OWNER_ONLY));
    }
  },
  openToRead: async (file) => walFile(await open(file, "r")),
  truncate,
  exists: async (file) => (await statOf(file)) !== undefined,
  createLink: (text, file) => symlink(text, file),
  async readLink(file) {
    try {
      return await readlink(file);
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      throw error;
    }
  },
  remove: (file) => rm(file, { force: true }),
  async removeFolder(folder) {
    try {
      await rmdir(folder);
    } catch (error) {
      if (!["ENOTEMPTY", "EEXIST", "ENOENT"].includes(codeOf(error))) throw error;
    }
  },
  async syncFolder(folder) {
    const handle = await open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

/** Undefined when it is not there. */
async function statOf(file: string): Promise<Stats | undefined> {
  try {
    return await lstat(file);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

function walFile(handle: FileHandle): WalFile {
  return {
    write: async (buffer, start, length, position) => (await handle.write(buffer, start, length, position)).bytesWritten,
    writeNow: (buffer, start, length, position) => writeSync(handle.fd, buffer, start, length, position),
    read: async (buffer, start, length, position) => (await handle.read(buffer, start, length, position)).bytesRead,
    sync: () => handle.datasync(),
    close: () => handle.close(),
  };
}

/** `ENOSPC` and the like; empty when it is no error of a system call. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

export async function writeAll(file: WalFile, buffer: Buffer, start: number, length: number, position: number): Promise<void> {
  let written = 0;
  while (written < length) {
    const now = await file.write(buffer, start + written, length - written, position + written);
    // POSIX allows 0 for a disk that takes no more without saying why; asking again for ever would hang.
    if (now <= 0) throw Object.assign(new Error("the write took no bytes"), { code: "EIO" });
    written += now;
  }
}
