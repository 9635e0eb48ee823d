import { ARCHIVE_BYTES_DEFAULT, exportSettingsSchema, HEADERS_MAX } from "#domain/pipeline/exportSettings.ts";
import { type Problem, parseOrProblems } from "#domain/validation/problems.ts";
import { type Size, sizeBytes, sizeOfBytes } from "./archiveSize.ts";
import type { DestinationBody, DestinationInput, DestinationKind } from "./destinationTypes.ts";
import { duplicateHeaders, type HeaderRows, headerRows, headersInput } from "./headerEdits.ts";
import { type TlsDraft, tlsDraft, tlsInput } from "./tlsDraft.ts";

/** Everything the form holds; what belongs to another kind stays while one looks around. */
export type DestinationDraft = {
  kind: DestinationKind;
  protocol: "grpc" | "http";
  endpoint: string;
  compression: "none" | "gzip" | "zstd";
  headers: HeaderRows;
  tls: TlsDraft;
  size: Size;
};

export function draftFromDestination(body: DestinationBody): DestinationDraft {
  const otlp = body.kind === "otlp" ? body : null;
  return {
    kind: body.kind,
    protocol: otlp?.protocol ?? "grpc",
    endpoint: otlp?.endpoint ?? "",
    compression: otlp?.compression ?? "none",
    headers: headerRows(otlp?.headers ?? []),
    tls: tlsDraft(otlp?.tls),
    size: sizeOfBytes(body.kind === "archive" ? body.bytesMax : ARCHIVE_BYTES_DEFAULT),
  };
}

/** A merged body on top of a saved one, whose header values are stored. */
export function draftFromInput(input: DestinationInput, saved: DestinationBody): DestinationDraft {
  if (input.kind !== "otlp") return draftFromDestination(input);
  const stored = new Set(saved.kind === "otlp" ? saved.headers.map(({ name }) => name) : []);
  const rows = input.headers.map(({ name, value }, index) => ({
    id: index + 1,
    name,
    stored: stored.has(name),
    value: stored.has(name) ? value : (value ?? ""),
  }));
  return { ...draftFromDestination({ ...input, headers: [] }), headers: { rows, nextId: rows.length + 1 } };
}

export function destinationInput(draft: DestinationDraft): DestinationInput {
  switch (draft.kind) {
    case "otlp": {
      const { protocol, compression } = draft;
      const tls = tlsInput(draft.tls, draft.endpoint);
      return { kind: "otlp", protocol, endpoint: draft.endpoint.trim(), compression, headers: headersInput(draft.headers), ...(tls && { tls }) };
    }
    case "archive": {
      const bytes = sizeBytes(draft.size);
      return { kind: "archive", bytesMax: typeof bytes === "number" ? bytes : Number.NaN };
    }
    case "discard":
      return { kind: "discard" };
  }
}

/** What the domain's schema finds, at the paths of the form: `endpoint`, `bytesMax`, `headers[1].name`, `headers[1].value`, `tls`, `tls.serverName`. */
export function destinationProblems(draft: DestinationDraft): Problem[] {
  if (draft.kind === "archive") {
    const bytes = sizeBytes(draft.size);
    if (typeof bytes !== "number") return [{ path: "bytesMax", message: `must be a number of ${draft.size.unit}` }];
    return found({ kind: "archive", bytesMax: bytes });
  }
  if (draft.kind === "discard") return [];
  const { rows } = draft.headers;
  const problems = found({
    kind: "otlp",
    protocol: draft.protocol,
    endpoint: draft.endpoint.trim(),
    compression: draft.compression,
    tls: tlsInput(draft.tls, draft.endpoint),
  });
  if (rows.length > HEADERS_MAX) problems.push({ path: "headers", message: `must have at most ${HEADERS_MAX} headers` });
  const twice = duplicateHeaders(draft.headers);
  for (const [index, row] of rows.entries()) {
    if (twice.includes(row.id)) problems.push({ path: `headers[${index}].name`, message: "is there twice" });
    problems.push(...headerProblems(row.name.trim(), row.value ?? "stored", index));
  }
  return problems;
}

/** Each header is tried alone, so that the problem can stand in its row. */
function headerProblems(name: string, value: string, index: number): Problem[] {
  const tried = exportSettingsSchema.safeParse({ kind: "otlp", endpoint: "http://127.0.0.1", headers: { [name]: value } });
  if (tried.success) return [];
  return tried.error.issues.map((issue) =>
    issue.code === "invalid_key"
      ? { path: `headers[${index}].name`, message: name === "" ? "must not be empty" : (issue.issues[0]?.message ?? issue.message) }
      : { path: `headers[${index}].value`, message: issue.message },
  );
}

function found(input: unknown): Problem[] {
  const parsed = parseOrProblems(exportSettingsSchema, input);
  return parsed.ok ? [] : parsed.problems;
}

/** A body for reading and comparing: header values never show, only that there is one and whether it is new. */
export function shownDestination(body: DestinationBody | DestinationInput): unknown {
  if (body.kind !== "otlp") return body;
  const { headers, ...rest } = body;
  const shown = headers.map((header): [string, string] => [header.name, "value" in header && header.value !== null ? "(new value, hidden)" : "(set, hidden)"]);
  return { ...rest, headers: Object.fromEntries(shown) };
}
