import { z } from "zod";
import { type ExportTlsSettings, exportSettingsSchema, HEADERS_MAX } from "#domain/pipeline/exportSettings.ts";
import { type Problem, parseOrProblems } from "#domain/validation/problems.ts";
import type { SealPort } from "../../db/secretBox.ts";
import { AppError } from "../../errors/appError.ts";

type Otlp<Header> = {
  kind: "otlp";
  protocol: "grpc" | "http";
  endpoint: string;
  compression: "none" | "gzip" | "zstd";
  headers: Header[];
  tls?: ExportTlsSettings;
};
type Local = { kind: "archive"; bytesMax: number } | { kind: "discard" };

/** What a browser sees: header values are never among it. */
export type DestinationBody = Otlp<{ name: string; isSet: true }> | Local;
/** What a browser sends: a header whose value is null keeps the value that is stored under that name. */
export type DestinationBodyInput = Otlp<{ name: string; value: string | null }> | Local;

const headersSchema = z
  .array(z.strictObject({ name: z.string("must be a text"), value: z.string("must be a text or null").nullable() }), "must be a list of headers")
  .max(HEADERS_MAX, `must have at most ${HEADERS_MAX} headers`)
  .default([]);

/**
 * The settings in full, header values in clear: what a collector is given. Throws INVALID with paths that begin with `body`. A stored value is kept for
 * the host that it was given for, and while that host's certificate is checked as it was: were it sent on to another one, whoever may edit could read it there.
 */
export function takeDestination(
  input: unknown,
  seal: SealPort,
  stored: { body: unknown; secrets: Record<string, string> } | null,
): { settings: z.infer<typeof exportSettingsSchema>; sealed: Record<string, string> } {
  const { headers: untrustedHeaders, ...rest } = Object(input) as Record<string, unknown>;
  const parsedHeaders = parseOrProblems(headersSchema, untrustedHeaders, "body.headers");
  if (!parsedHeaders.ok) throw refused(parsedHeaders.problems);
  if (untrustedHeaders !== undefined && rest.kind !== "otlp") throw refused([{ path: "body.headers", message: "belongs to otlp; remove it" }]);
  const headers: Record<string, string> = {};
  const sealed: Record<string, string> = {};
  const problems: Problem[] = [];
  const unchecked = skipsVerify(rest) && !skipsVerify(stored?.body);
  const sameHost = stored !== null && originOf(stored.body) === originOf(rest);
  for (const [index, { name, value }] of parsedHeaders.value.entries()) {
    const at = `body.headers[${index}]`;
    const kept = value === null ? stored?.secrets[name] : undefined;
    if (Object.hasOwn(headers, name)) problems.push({ path: `${at}.name`, message: `${JSON.stringify(name)} is there twice` });
    else if (value === null && kept === undefined) problems.push({ path: `${at}.value`, message: "no value is stored under this name; give one" });
    else if (value === null && !sameHost)
      problems.push({ path: `${at}.value`, message: "must be given again: the endpoint is another one than it was stored for" });
    else if (value === null && unchecked)
      problems.push({ path: `${at}.value`, message: "must be given again: the backend's certificate is not checked any more" });
    else {
      headers[name] = value ?? seal.open(kept ?? "");
      sealed[name] = kept ?? seal.seal(headers[name]);
      problems.push(...headerProblems(name, headers[name], at));
    }
  }
  if (problems.length > 0) throw refused(problems);
  const settings = parseOrProblems(exportSettingsSchema, rest.kind === "otlp" ? { ...rest, headers } : rest, "body");
  if (!settings.ok) throw refused(settings.problems);
  return { settings: settings.value, sealed };
}

export function showDestination(body: unknown, secrets: Record<string, string>): DestinationBody {
  const settings = exportSettingsSchema.parse(body);
  switch (settings.kind) {
    case "otlp": {
      const { kind, protocol, endpoint, compression, tls } = settings;
      const names = Object.keys(secrets).sort();
      return { kind, protocol, endpoint, compression, headers: names.map((name) => ({ name, isSet: true })), ...(tls && { tls }) };
    }
    case "archive":
      return { kind: "archive", bytesMax: settings.bytesMax };
    case "discard":
      return { kind: "discard" };
  }
}

function originOf(body: unknown): string | null {
  const { endpoint } = Object(body) as { endpoint?: unknown };
  return typeof endpoint === "string" && URL.canParse(endpoint) ? new URL(endpoint).origin : null;
}

function skipsVerify(body: unknown): boolean {
  const { tls } = Object(body) as { tls?: unknown };
  return (Object(tls) as { insecureSkipVerify?: unknown }).insecureSkipVerify === true;
}

/** Each header is tried alone, so that the problem can point at its row of the form. */
function headerProblems(name: string, value: string, at: string): Problem[] {
  const tried = exportSettingsSchema.safeParse({ kind: "otlp", endpoint: "http://127.0.0.1", headers: { [name]: value } });
  if (tried.success) return [];
  return tried.error.issues.map((issue) =>
    issue.code === "invalid_key" ? { path: `${at}.name`, message: issue.issues[0]?.message ?? issue.message } : { path: `${at}.value`, message: issue.message },
  );
}

function refused(problems: Problem[]): AppError {
  return new AppError("INVALID", `${problems[0].path}: ${problems[0].message}`, { problems });
}
