import type { Prisma } from "./gen/client.ts";

/** A parsed value as what a JSON column takes; fields that are undefined are left out. */
export function toJson(value: unknown): Prisma.InputJsonValue {
  return JSON.parse(JSON.stringify(value)) as Prisma.InputJsonValue;
}
