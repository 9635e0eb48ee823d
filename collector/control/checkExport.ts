import { type ExportSettings, exportSettingsSchema } from "#domain/pipeline/exportSettings.ts";
import { formatProblem, parseOrProblems } from "#domain/validation/problems.ts";
import { messageOf } from "../appError.ts";
import { BATCH_HEADROOM } from "../deliver/batch.ts";
import type { Exporter, ExportOutcome } from "../deliver/exporter.ts";

const TRY_MS = 10_000;

/** Sends one empty request to where `json` (export settings) points, and says in a sentence what came of it. Never rejects. */
export async function checkExport(json: string, build: (settings: ExportSettings) => Promise<Exporter>): Promise<{ ok: boolean; message: string }> {
  let exporter: Exporter | undefined;
  try {
    const parsed = parseOrProblems(exportSettingsSchema, JSON.parse(json), "export");
    if (!parsed.ok) return { ok: false, message: parsed.problems.map(formatProblem).join("; ") };
    exporter = await build(parsed.value);
    const empty = { number: 0, buffer: Buffer.alloc(BATCH_HEADROOM), end: BATCH_HEADROOM, spans: 0, firstAt: 0, logged: undefined, release: () => {} };
    return inWords(parsed.value, await exporter.export(empty, TRY_MS));
  } catch (error) {
    return { ok: false, message: messageOf(error) };
  } finally {
    await exporter?.close(1000).catch(() => undefined);
  }
}

function inWords(settings: ExportSettings, outcome: ExportOutcome): { ok: boolean; message: string } {
  const where = settings.kind === "otlp" ? settings.endpoint : settings.kind === "archive" ? "the local archive" : "nowhere (discard)";
  switch (outcome.kind) {
    case "delivered":
      return { ok: true, message: `${where} took an empty request${outcome.message === "" ? "" : ` and said: ${outcome.message}`}` };
    case "retryable":
      return { ok: false, message: `${where} could not be reached or is not ready: ${outcome.message}` };
    case "permanent":
      return { ok: false, message: `${where} refused an empty request: ${outcome.message}` };
  }
}
