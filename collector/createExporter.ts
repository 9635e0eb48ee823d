import path from "node:path";
import type { ExportSettings } from "#domain/pipeline/exportSettings.ts";
import { type ArchiveExporter, type ArchiveFigures, createArchiveExporter } from "./archive/archiveExporter.ts";
import type { Clock } from "./clock.ts";
import { checkClientTls } from "./deliver/clientTls.ts";
import { createDiscardExporter } from "./deliver/discardExporter.ts";
import type { Exporter } from "./deliver/exporter.ts";
import { createOtlpGrpcExporter } from "./deliver/otlpGrpcExporter.ts";
import { createOtlpHttpExporter } from "./deliver/otlpHttpExporter.ts";

const CONNECTIONS_MAX = 64;
const NO_ARCHIVE: ArchiveFigures = { bytes: 0, bytesMax: 0, filesDeleted: 0, bytesDeleted: 0 };

/** An exporter; `archive` is the same one when it writes to disk. */
export type BuiltExporter = { exporter: Exporter; archive: ArchiveExporter | undefined };

export function archiveFigures(built: BuiltExporter | undefined): ArchiveFigures {
  return built?.archive?.figures() ?? NO_ARCHIVE;
}

/** Builds what `settings` ask for. An archive opens its folder under `dataDir`, which can fail; the others fail only once they are used. */
export async function createExporter(settings: ExportSettings, dataDir: string, clock: Clock): Promise<BuiltExporter> {
  switch (settings.kind) {
    case "discard":
      return { exporter: createDiscardExporter(), archive: undefined };
    case "archive": {
      const archive = await createArchiveExporter(path.join(dataDir, "archive"), settings.bytesMax, clock.unixMs);
      return { exporter: archive, archive };
    }
    case "otlp": {
      if (settings.tls !== undefined) await checkClientTls(settings.tls);
      const exporter = settings.protocol === "grpc" ? createOtlpGrpcExporter(settings) : createOtlpHttpExporter(settings, CONNECTIONS_MAX, clock.unixMs);
      return { exporter, archive: undefined };
    }
  }
}
