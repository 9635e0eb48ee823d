import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";

const FINISHED = /^traces-.*\.otlp\.zst$/;
const PART = ".part";

export type ArchivedFile = { name: string; bytes: number };

/** The finished files of an archive, oldest first by name, and the deletion that keeps them within a bound. */
export class ArchiveFolder {
  readonly folder: string;
  bytes = 0;
  filesDeleted = 0;
  bytesDeleted = 0;
  #files: ArchivedFile[] = [];

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Counts what is there. A file that a crash left unfinished is taken as it is: its torn tail is skipped by readers. */
  async open(): Promise<void> {
    await this.ensure();
    for (const name of await readdir(this.folder)) {
      if (name.endsWith(PART) && FINISHED.test(name.slice(0, -PART.length))) await rename(this.pathOf(name), this.pathOf(name.slice(0, -PART.length)));
    }
    const names = (await readdir(this.folder)).filter((name) => FINISHED.test(name)).sort();
    this.#files = await Promise.all(names.map(async (name) => ({ name, bytes: (await stat(this.pathOf(name))).size })));
    this.bytes = this.#files.reduce((sum, file) => sum + file.bytes, 0);
  }

  async ensure(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
  }

  pathOf(name: string): string {
    return path.join(this.folder, name);
  }

  /** Renames a part to its final name and counts it among the finished. */
  async finish(part: string, bytes: number): Promise<void> {
    const name = part.slice(0, -PART.length);
    await rename(this.pathOf(part), this.pathOf(name));
    this.#files.push({ name, bytes });
    this.bytes += bytes;
  }

  /** Deletes the oldest files until the finished ones take at most `bytesMax`. */
  async shrinkTo(bytesMax: number): Promise<void> {
    while (this.bytes > bytesMax && this.#files.length > 0) {
      const oldest = this.#files[0];
      await rm(this.pathOf(oldest.name), { force: true });
      this.#files.shift();
      this.bytes -= oldest.bytes;
      this.filesDeleted++;
      this.bytesDeleted += oldest.bytes;
    }
  }
}

/** `traces-20261123T032454123Z-0001.otlp.zst.part`: names sort by time; the number keeps two of the same millisecond apart. */
export function partName(unixMs: number, serial: number): string {
  const time = new Date(unixMs).toISOString().replace(/[-:.]/g, "");
  return `traces-${time}-${String(serial % 10_000).padStart(4, "0")}.otlp.zst${PART}`;
}
