import { type MergeChoices, type MergeConflict, type Merged, picking } from "#domain/merge/mergeValue.ts";
import { exportSettingsSchema } from "#domain/pipeline/exportSettings.ts";
import { parseOrProblems } from "#domain/validation/problems.ts";
import { describeDestination } from "./describeDestinationChange.ts";
import type { DestinationBody, DestinationInput } from "./destinationTypes.ts";
import { TLS_LABELS, TLS_TEXTS, type TlsSettings } from "./tlsDraft.ts";

type Otlp = Extract<DestinationInput, { kind: "otlp" }>;
/** Absent; stored under its name and kept (`null`); or given anew. */
type HeaderValue = string | null | undefined;

/** A saved body as one that keeps every header value that is stored. */
export function keepingValues(body: DestinationBody): DestinationInput {
  return body.kind === "otlp" ? { ...body, headers: body.headers.map(({ name }) => ({ name, value: null })) } : body;
}

/**
 * Three-way merge: field by field, headers by name; of two that go to different kinds of destination one is taken whole. Values are never seen: one that was
 * stored is kept as it is stored by then, one that was typed here wins over it.
 */
export function mergeDestinations(
  base: DestinationInput,
  theirs: DestinationInput,
  mine: DestinationInput,
  choices: MergeChoices = {},
): Merged<DestinationInput> {
  const { pick, conflicts } = picking(choices);
  const body = mergeBodies();
  const parsed = parseOrProblems(exportSettingsSchema, withHeaders(body));
  return { body: parsed.ok ? body : null, conflicts, problems: parsed.ok ? [] : parsed.problems };

  function mergeBodies(): DestinationInput {
    if (theirs.kind === "otlp" && mine.kind === "otlp") return mergeOtlp(base.kind === "otlp" ? base : undefined, theirs, mine);
    if (theirs.kind === "archive" && mine.kind === "archive") {
      const conflict = wordsFor("bytesMax", "Most that the archive may hold", (body: DestinationInput) => describeDestination(body));
      const bytesMax = pick(conflict, base.kind === "archive" ? base.bytesMax : undefined, theirs.bytesMax, mine.bytesMax);
      return { kind: "archive", bytesMax: bytesMax ?? mine.bytesMax };
    }
    return pick<DestinationInput>(
      wordsFor("kind", "Where kept spans go", (body: DestinationInput) => describeDestination(body)),
      base,
      theirs,
      mine,
    );
  }

  function wordsFor(id: string, subject: string, say: (body: DestinationInput) => string): MergeConflict {
    return { id, subject, base: say(base), theirs: say(theirs), mine: say(mine) };
  }

  function mergeOtlp(before: Otlp | undefined, ofTheirs: Otlp, ofMine: Otlp): Otlp {
    const field = <T>(id: string, subject: string, of: (body: Otlp) => T, say: (value: T | undefined) => string): T => {
      const values = [before && of(before), of(ofTheirs), of(ofMine)] as const;
      const conflict = { id, subject, base: say(values[0]), theirs: say(values[1]), mine: say(values[2]) };
      return pick<T | undefined>(conflict, ...values) as T;
    };
    const text = (value: string | undefined) => value ?? "none";
    const names = [...new Set([...ofTheirs.headers, ...ofMine.headers].map(({ name }) => name))];
    const headers = names.flatMap((name) => {
      const value = field<HeaderValue>(`headers.${name}`, `Header ${name}`, (body) => headerValue(body, name), headerInWords);
      return value === undefined ? [] : [{ name, value }];
    });
    const tls = mergeTls(field);
    return {
      kind: "otlp",
      endpoint: field("endpoint", "Endpoint", (body) => body.endpoint, text),
      protocol: field("protocol", "Protocol", (body) => body.protocol, text),
      compression: field("compression", "Compression", (body) => body.compression, text),
      headers,
      ...(tls && { tls }),
    };
  }
}

function mergeTls(field: <T>(id: string, subject: string, of: (body: Otlp) => T, say: (value: T | undefined) => string) => T): TlsSettings | undefined {
  const texts = TLS_TEXTS.flatMap((name) => {
    const value = field<string | undefined>(
      `tls.${name}`,
      TLS_LABELS[name],
      (body) => body.tls?.[name],
      (one) => one ?? "none",
    );
    return value === undefined ? [] : [[name, value] as const];
  });
  const insecureSkipVerify = field(
    "tls.insecureSkipVerify",
    "The backend's certificate",
    (body) => body.tls?.insecureSkipVerify === true,
    (skips) => (skips === true ? "is not verified" : "is verified"),
  );
  return texts.length === 0 && !insecureSkipVerify ? undefined : { ...Object.fromEntries(texts), insecureSkipVerify };
}

function headerValue({ headers }: Otlp, name: string): HeaderValue {
  return headers.find((header) => header.name === name)?.value;
}

function headerInWords(value: HeaderValue): string {
  if (value === undefined) return "not sent";
  return value === null ? "sent with the value that is stored" : "sent with a new value";
}

/** As the schema takes it; a stored value is one that was good. */
function withHeaders(body: DestinationInput): unknown {
  return body.kind === "otlp" ? { ...body, headers: Object.fromEntries(body.headers.map(({ name, value }) => [name, value ?? "stored"])) } : body;
}
