import { z } from "zod";
import { messageSchema, nameSchema, versionNumberSchema } from "../../services/documents/documentInput.ts";
import { inDigits } from "./inDigits.ts";

export const atMs = z.int().describe("Milliseconds since 1970.");
export const versionNumber = z.int().min(1);

const runsIn = z
  .array(
    z.object({
      groupId: z.string(),
      groupName: z.string(),
      collector: z.object({ id: z.string(), name: z.string() }).nullable().describe("The one collector that is overridden; null where the group runs it."),
      version: versionNumber,
      revision: z.int(),
    }),
  )
  .describe("Where it runs: groups, the default one first, then single collectors that are overridden.");
const runningVersion = versionNumber
  .nullable()
  .describe("The version that collectors are given, in the first of the places where it runs; null when it runs nowhere.");

export const documentParams = z.object({ id: z.string().min(1).max(64) });
export const versionParams = documentParams.extend({ number: inDigits(z.int().min(1).max(10_000)) });

export function documentItem<More extends z.ZodRawShape>(more: More) {
  return z.object({
    id: z.string(),
    name: z.string(),
    currentVersion: versionNumber,
    updatedAtMs: atMs,
    updatedBy: z.string(),
    runningVersion,
    runsIn,
    ...more,
  });
}

export function documentAnswer<Body extends z.ZodType>(body: Body) {
  return z.object({
    id: z.string(),
    name: z.string(),
    currentVersion: versionNumber,
    body,
    updatedAtMs: atMs,
    updatedBy: z.string(),
    message: z.string().nullable(),
    runningVersion,
    runsIn,
    archivedAtMs: atMs.nullable(),
  });
}

export const versionItem = z.object({
  number: versionNumber,
  authorName: z.string(),
  createdAtMs: atMs,
  message: z.string().nullable(),
  appliedRevision: z.int().nullable().describe("The last revision that applied it; null when none did."),
});

export function versionAnswer<Body extends z.ZodType>(body: Body) {
  return z.object({ number: versionNumber, body, authorName: z.string(), createdAtMs: atMs, message: z.string().nullable() });
}

const message = messageSchema.describe("Why; up to 500 characters.");

export function createBody<Body extends z.ZodType>(body: Body) {
  return z.strictObject({ name: nameSchema.describe("No two of a kind may have the same."), body: z.nonoptional(body), message });
}

export function saveVersionBody<Body extends z.ZodType>(body: Body) {
  return z.strictObject({
    baseVersion: versionNumberSchema.optional().describe("The version that this one builds on. Or send `If-Match` with the document's entity tag."),
    body: z.nonoptional(body),
    message,
  });
}

export const renameBody = z.strictObject({ name: nameSchema });
