import { type FileHandle, open } from "node:fs/promises";
import { messageOf } from "../appError.ts";
import type { Batch } from "../deliver/batch.ts";
import { DELIVERED, type Exporter, type ExportOutcome } from "../deliver/exporter.ts";
import { ArchiveFolder, partName } from "./archiveFolder.ts";
import { toArchiveFrame } from "./archiveFrame.ts";

const FILE_BYTES_MAX = 67_108_864;
const FILE_AGE_MAX_MS = 300_000;
/** So many files share the bound, so that deleting the oldest never takes away much at once. */
const FILES_WITHIN_BOUND = 16;

export type ArchiveFigures = { bytes: number; bytesMax: number; filesDeleted: number; bytesDeleted: number };
export type ArchiveExporter = Exporter & {
  figures(): ArchiveFigures;
  /** Changes the bound; a smaller one deletes the oldest files at once. */
  resize(bytesMax: number): Promise<void>;
};

type Part = { name: string; handle: FileHandle; bytes: number; openedMs: number };

/**
 * Writes batches to rotated, zstd-compressed files in `folder` and never lets them take more than `bytesMax` in all: the oldest go first, counted.
 * A write that fails leaves no half frame behind and is tried again by the queue.
 */
export async function createArchiveExporter(folder: string, bytesMaxAtStart: number, unixMs: () => number): Promise<ArchiveExporter> {
  const files = new ArchiveFolder(folder);
  let bytesMax = bytesMaxAtStart;
  await files.open();
  await files.shrinkTo(bytesMax);
  let part: Part | undefined;
  let serial = 0;
  let last: Promise<unknown> = Promise.resolve();

  /** One write at a time, in the order asked for. */
  function inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = last.then(run);
    last = turn.catch(() => undefined);
    return turn;
  }

  async function finishPart(): Promise<void> {
    if (part === undefined) return;
    const { name, handle, bytes } = part;
    part = undefined;
    await handle.sync().finally(() => handle.close());
    await files.finish(name, bytes);
  }

  async function write(frame: Buffer): Promise<void> {
    const fileBytesMax = Math.min(FILE_BYTES_MAX, Math.floor(bytesMax / FILES_WITHIN_BOUND));
    if (part !== undefined && (part.bytes + frame.length > fileBytesMax || unixMs() - part.openedMs > FILE_AGE_MAX_MS)) await finishPart();
    await files.shrinkTo(bytesMax - (part?.bytes ?? 0) - frame.length);
    if (part === undefined) {
      const openedMs = unixMs();
      const name = partName(openedMs, serial++);
      await files.ensure();
      part = { name, handle: await open(files.pathOf(name), "wx", 0o600), bytes: 0, openedMs };
    }
    try {
      await writeAll(part.handle, frame, part.bytes);
    } catch (error) {
      // Should this fail too, the next frame is written over the torn one.
      await part.handle.truncate(part.bytes).catch(() => undefined);
      throw error;
    }
    part.bytes += frame.length;
  }

  return {
    failure: { exhausted: "archive_failed", permanent: "archive_failed" },
    async export(batch: Batch): Promise<ExportOutcome> {
      try {
        const frame = await toArchiveFrame(batch);
        if (frame.length > bytesMax)
          return { kind: "permanent", message: `archive: a batch of ${frame.length} bytes does not fit into ${bytesMax} (export.bytesMax)` };
        await inTurn(() => write(frame));
        return DELIVERED;
      } catch (error) {
        return { kind: "retryable", message: `archive ${folder}: ${messageOf(error)}`, retryAfterMs: undefined };
      }
    },
    close: () => inTurn(finishPart),
    resize: (next) =>
      inTurn(async () => {
        bytesMax = next;
        await finishPart();
        await files.shrinkTo(bytesMax);
      }),
    figures: () => ({ bytes: files.bytes + (part?.bytes ?? 0), bytesMax, filesDeleted: files.filesDeleted, bytesDeleted: files.bytesDeleted }),
  };
}

async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) written += (await handle.write(bytes, written, bytes.length - written, position + written)).bytesWritten;
}
