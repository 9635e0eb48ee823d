import type { Prisma } from "./gen/client.ts";

/** NUL, and halves of pairs; our collectors write whole pairs as they are, so none of theirs is lost. */
const UNKEEPABLE = /\\u(?:0000|d[89a-f])/i;
const REDACTED = "(redacted)";

/**
 * What a collector says it runs, as a JSON column takes it; undefined when it is empty, no JSON object, or has characters that no JSON column takes. Collectors leave header values out
 * themselves, but a secret that one of them let slip must not be shown either.
 */
export function parseEffectiveConfig(text: string): Prisma.InputJsonObject | undefined {
  if (UNKEEPABLE.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? (redactHeaders(value) as Prisma.InputJsonObject) : undefined;
  } catch {
    return undefined;
  }
}

/** Header values stand in `export`, and in that of each route. */
function redactHeaders(config: Record<string, unknown>): Record<string, unknown> {
  const routes = Array.isArray(config.routes) ? { routes: config.routes.map(redactExport) } : {};
  return { ...(redactExport(config) as Record<string, unknown>), ...routes };
}

function redactExport(of: unknown): unknown {
  if (!isObject(of) || !isObject(of.export) || of.export.headers === undefined) return of;
  const { headers } = of.export;
  const names = isObject(headers) ? Object.keys(headers) : [];
  return { ...of, export: { ...of.export, headers: Object.fromEntries(names.map((name) => [name, REDACTED])) } };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
