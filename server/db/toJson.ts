import type { Prisma } from "./gen/client.ts";

/** A parsed value as what a JSON column takes; fields that are undefined are left out. */
export function toJson(value: unknown): Prisma.InputJsonValue {
  return JSON.parse(JSON.stringify(value)) as Prisma.InputJsonValue;
}

/** JSON text from outside as what a JSON column takes; undefined when it is empty or no JSON object. */
export function parseJsonColumn(text: string): Prisma.InputJsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Prisma.InputJsonObject) : undefined;
  } catch {
    return undefined;
  }
}
