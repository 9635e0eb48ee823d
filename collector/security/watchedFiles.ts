import { readFile } from "node:fs/promises";
import { messageOf } from "../appError.ts";
import type { Clock } from "../clock.ts";

const FILE_BYTES_MAX = 1_048_576;

/** What an operator has to know of files that can change while the collector runs. */
export type ReloadFigures = { reloads: number; reloadsFailed: number };

type Parts<T> = {
  files: readonly string[];
  /** Throws when the files' contents, in their order, are no good. */
  parse(contents: Buffer[]): T;
  clock: Pick<Clock, "after">;
  /** Undefined: only `look` looks. */
  intervalMs?: number;
  /** A changed file could not be used; the old contents stay in force. Once for each state of the files. */
  failed(message: string): void;
};

/**
 * Files that are read again when they change, together: certificates and keys are replaced one after the other, so a set that does not fit is tried again at the next look. Looked at
 * by content, since mounted secrets change by links, often with times and sizes as they were.
 */
export class WatchedFiles<T> {
  readonly figures: ReloadFigures = { reloads: 0, reloadsFailed: 0 };
  #value: T;
  #contents: Buffer[];
  readonly #parts: Parts<T>;
  readonly #changed: ((value: T) => void)[] = [];
  #lastFailure = "";
  #cancel: () => void;

  /** Rejects with why the files can't be used. */
  static async open<T>(parts: Parts<T>): Promise<WatchedFiles<T>> {
    const contents = await readAll(parts.files);
    return new WatchedFiles(parts, contents, parts.parse(contents));
  }

  private constructor(parts: Parts<T>, contents: Buffer[], value: T) {
    this.#parts = parts;
    this.#contents = contents;
    this.#value = value;
    this.#cancel = this.#later();
  }

  get value(): T {
    return this.#value;
  }

  onChange(changed: (value: T) => void): void {
    this.#changed.push(changed);
  }

  stop(): void {
    this.#cancel();
  }

  /** Reads the files now. */
  async look(): Promise<void> {
    try {
      const contents = await readAll(this.#parts.files);
      if (contents.every((content, at) => content.equals(this.#contents[at]))) return;
      const value = this.#parts.parse(contents);
      this.#contents = contents;
      this.#value = value;
      this.#lastFailure = "";
      this.figures.reloads++;
      for (const changed of this.#changed) changed(value);
    } catch (error) {
      const message = messageOf(error);
      if (message === this.#lastFailure) return;
      this.#lastFailure = message;
      this.figures.reloadsFailed++;
      this.#parts.failed(message);
    }
  }

  #later(): () => void {
    const { clock, intervalMs } = this.#parts;
    if (intervalMs === undefined) return () => undefined;
    return clock.after(intervalMs, () => {
      this.#cancel = this.#later();
      void this.look();
    });
  }
}

async function readAll(files: readonly string[]): Promise<Buffer[]> {
  return Promise.all(
    files.map(async (file) => {
      const content = await readFile(file).catch((error: unknown) => {
        throw new Error(`can't read ${file}: ${messageOf(error).split(",", 1)[0]}`);
      });
      if (content.length > FILE_BYTES_MAX) throw new Error(`${file} has more than ${FILE_BYTES_MAX} bytes`);
      return content;
    }),
  );
}
