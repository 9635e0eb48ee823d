import type { ExportSettings } from "../pipeline/exportSettings.ts";
import type { Problem } from "../validation/problems.ts";

const REFERENCE = /\$\{env:([A-Za-z_][A-Za-z0-9_]{0,127})\}/g;
const REFERENCES_MAX = 8;

/** The variables that a header's value is made of; none when it is no reference. */
export function variablesOf(value: string): string[] {
  return [...value.matchAll(REFERENCE)].map(([, name]) => name);
}

/** `Bearer ${env:TOKEN}` with what the variables hold; `missing` when one is not set. */
export function resolveReference(value: string, environment: Record<string, string | undefined>): { ok: true; value: string } | { ok: false; missing: string } {
  const missing = variablesOf(value).find((name) => (environment[name] ?? "") === "");
  if (missing !== undefined) return { ok: false, missing };
  return { ok: true, value: value.replace(REFERENCE, (_, name: string) => environment[name] ?? "") };
}

/** What an export writes for a value that is sealed on the server: `${env:BACKEND_X_API_KEY}`. */
export function referenceFor(destination: string, header: string): string {
  const words = `${destination}_${header}`.toUpperCase().replace(/[^A-Z0-9]+/g, "_");
  return `\${env:${words.replace(/^(?=\d)|^_+/, "D_").slice(0, 128)}}`;
}

/** A value that is written down is on its way into a repository, and what is sealed on the server could never be compared with it. */
export function secretProblems(body: ExportSettings): Problem[] {
  if (body.kind !== "otlp") return [];
  return Object.entries(body.headers).flatMap(([name, value]) => {
    const path = `body.headers.${name}`;
    const variables = variablesOf(value);
    if (variables.length === 0)
      return [{ path, message: `must be a reference to a variable, such as ${referenceFor("backend", "api-key")}; a header's value is never written down` }];
    return variables.length > REFERENCES_MAX ? [{ path, message: `must have at most ${REFERENCES_MAX} references` }] : [];
  });
}
