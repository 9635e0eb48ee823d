import { z } from "zod";
import { archiveDocument } from "../../services/documents/archiveDocument.ts";
import { createDocument } from "../../services/documents/createDocument.ts";
import { diffVersions } from "../../services/documents/diffVersions.ts";
import { versionNumberSchema } from "../../services/documents/documentInput.ts";
import type { DocumentKind } from "../../services/documents/documentKind.ts";
import { getDocument } from "../../services/documents/getDocument.ts";
import { getVersion } from "../../services/documents/getVersion.ts";
import { listDocuments } from "../../services/documents/listDocuments.ts";
import { listVersions } from "../../services/documents/listVersions.ts";
import { renameDocument } from "../../services/documents/renameDocument.ts";
import { restoreDocument } from "../../services/documents/restoreDocument.ts";
import { saveVersion } from "../../services/documents/saveVersion.ts";
import { ApiProblem, toApiProblem } from "../apiProblem.ts";
import { type ApiRoute, route } from "../apiRoute.ts";
import { fromNumberCursor, pageByNumber, pageInOrder, pageOf, pageQuery } from "../page.ts";
import {
  createBody,
  documentAnswer,
  documentItem,
  documentParams,
  renameBody,
  saveVersionBody,
  versionAnswer,
  versionItem,
  versionNumber,
  versionParams,
} from "../schemas/documentSchemas.ts";
import { inDigits } from "../schemas/inDigits.ts";

type Words = {
  /** Where its routes begin: `policies`. */
  folder: string;
  /** In the names of operations: `Policy`. */
  name: string;
  plural: string;
  /** In sentences: `a sampling policy`. */
  one: string;
  tag: string;
};

type DocumentsOf<Body, More extends z.ZodRawShape> = {
  kind: DocumentKind<Body>;
  words: Words;
  shown: z.ZodType<unknown, Body>;
  taken: z.ZodType;
  /** What a list has of each besides its name. */
  more: More;
  moreOf: (body: Body) => z.input<z.ZodObject<More>>;
};

const idAnswer = z.object({ id: z.string() });
const flag = z.enum(["true", "false"], "must be true or false").default("false");
const diffQuery = z.strictObject({
  from: inDigits(versionNumberSchema).describe("The version before."),
  to: inDigits(versionNumberSchema).describe("The version after; it may be an older one."),
});

/** What every kind of document can be asked over the API. */
export function documentRoutes<Body, More extends z.ZodRawShape>({ kind, words, shown, taken, more, moreOf }: DocumentsOf<Body, More>): ApiRoute[] {
  const { folder, name, plural, one, tag } = words;
  const item = documentItem({ ...more });
  return [
    route({
      method: "GET",
      path: `/${folder}`,
      id: `list${plural}`,
      tag,
      summary: "List them, in the order of their names",
      operation: "look",
      query: z.strictObject({ ...pageQuery, archived: flag.describe("`true` lists the archived ones alone.") }),
      answer: pageOf(item),
      async handle({ ctx, query }) {
        const rows = await listDocuments(ctx, kind, { archived: query.archived === "true" }, moreOf);
        const { items, nextCursor } = pageInOrder(rows, (row) => row.name, query);
        return { body: { items: items as unknown as z.input<typeof item>[], nextCursor }, next: nextCursor === null ? null : { cursor: nextCursor } };
      },
    }),
    route({
      method: "POST",
      path: `/${folder}`,
      id: `create${name}`,
      tag,
      summary: `Create ${one}`,
      description: "It becomes version 1. Nothing runs it before it is applied.",
      operation: "editDocuments",
      body: createBody(taken),
      status: 201,
      answer: z.object({ id: z.string(), version: versionNumber }),
      problems: [429],
      async handle({ ctx, body }) {
        const made = await createDocument(ctx, kind, withoutNulls(body));
        return { body: made, location: `/${folder}/${made.id}` };
      },
    }),
    route({
      method: "GET",
      path: `/${folder}/{id}`,
      id: `get${name}`,
      tag,
      summary: "Get one with its current version",
      description: "The entity tag begins with the version: send it as `If-Match` when you save the next one.",
      operation: "look",
      params: documentParams,
      answer: documentAnswer(shown),
      problems: [404],
      async handle({ ctx, params }) {
        const { versions, ...document } = await getDocument(ctx, kind, params);
        const [{ createdAtMs, authorName, message }] = versions;
        return { body: { ...document, updatedAtMs: createdAtMs, updatedBy: authorName, message }, version: document.currentVersion };
      },
    }),
    route({
      method: "PATCH",
      path: `/${folder}/{id}`,
      id: `rename${name}`,
      tag,
      summary: "Rename it",
      operation: "editDocuments",
      params: documentParams,
      body: renameBody,
      answer: z.object({ id: z.string(), name: z.string() }),
      problems: [404],
      handle: async ({ ctx, params, body }) => ({ body: await renameDocument(ctx, kind, { ...params, ...body }) }),
    }),
    route({
      method: "POST",
      path: `/${folder}/{id}/archive`,
      id: `archive${name}`,
      tag,
      summary: "Archive it",
      description: "Out of the lists, and nothing of it is lost. Refused while collectors run it. Archiving it again changes nothing.",
      operation: "editDocuments",
      params: documentParams,
      answer: idAnswer,
      problems: [404, 409],
      handle: async ({ ctx, params }) => ({ body: await archiveDocument(ctx, kind, params) }),
    }),
    route({
      method: "POST",
      path: `/${folder}/{id}/restore`,
      id: `restore${name}`,
      tag,
      summary: "Restore an archived one",
      description: "One that is not archived stays as it is.",
      operation: "editDocuments",
      params: documentParams,
      answer: idAnswer,
      problems: [404],
      handle: async ({ ctx, params }) => ({ body: await restoreDocument(ctx, kind, params) }),
    }),
    route({
      method: "GET",
      path: `/${folder}/{id}/versions`,
      id: `list${name}Versions`,
      tag,
      summary: "List its versions, newest first",
      operation: "look",
      params: documentParams,
      query: z.strictObject(pageQuery),
      answer: pageOf(versionItem),
      problems: [404],
      async handle({ ctx, params, query: { limit, cursor } }) {
        const rows = await listVersions(ctx, kind, { ...params, before: fromNumberCursor(cursor), limit: limit + 1 });
        const body = pageByNumber(rows, ({ number }) => number, limit);
        return { body, next: body.nextCursor === null ? null : { cursor: body.nextCursor } };
      },
    }),
    route({
      method: "POST",
      path: `/${folder}/{id}/versions`,
      id: `save${name}Version`,
      tag,
      summary: "Save a new version",
      description:
        "On top of the version that `baseVersion` or `If-Match` names, one of which has to be there. When somebody was faster nothing is overwritten: 409 to `baseVersion`, 412 to `If-Match`, and `current` has what they saved.",
      operation: "editDocuments",
      params: documentParams,
      body: saveVersionBody(taken),
      status: 201,
      answer: z.object({ version: versionNumber }),
      problems: [404, 409, 412, 428, 429],
      async handle({ ctx, params, body: { baseVersion, ...rest }, ifMatch }) {
        const base = baseOf(baseVersion, ifMatch);
        const saving = saveVersion(ctx, kind, withoutNulls({ ...params, baseVersion: base, ...rest }));
        const saved = await (ifMatch === null ? saving : saving.catch(asFailedPrecondition));
        return { body: saved, location: `/${folder}/${params.id}/versions/${saved.version}` };
      },
    }),
    route({
      method: "GET",
      path: `/${folder}/{id}/versions/{number}`,
      id: `get${name}Version`,
      tag,
      summary: "Get one version",
      description: "Versions never change.",
      operation: "look",
      params: versionParams,
      answer: versionAnswer(shown),
      problems: [404],
      handle: async ({ ctx, params }) => ({ body: await getVersion(ctx, kind, params), version: params.number }),
    }),
    route({
      method: "GET",
      path: `/${folder}/{id}/diff`,
      id: `diff${name}Versions`,
      tag,
      summary: "Say what changes between two versions",
      operation: "look",
      params: documentParams,
      query: diffQuery,
      answer: z.object({ sentences: z.array(z.string()) }),
      problems: [404],
      handle: async ({ ctx, params, query }) => ({ body: await diffVersions(ctx, kind, { ...params, ...query }) }),
    }),
  ];
}

function baseOf(baseVersion: number | undefined, ifMatch: number | null): number {
  const base = baseVersion ?? ifMatch;
  if (base === null)
    throw new ApiProblem("precondition-required", "say which version this one builds on: send baseVersion, or If-Match with the document's entity tag");
  if (ifMatch !== null && ifMatch !== base)
    throw new ApiProblem("invalid", `baseVersion: is ${base}, and If-Match says ${ifMatch}`, {
      errors: [{ path: "baseVersion", message: `is ${base}, and If-Match says ${ifMatch}` }],
    });
  return base;
}

/** RFC 9110: what `If-Match` asked for does not hold any more. */
function asFailedPrecondition(error: unknown): never {
  const problem = toApiProblem(error);
  throw problem.kind === "conflict" && problem.current !== undefined ? new ApiProblem("precondition-failed", problem.message, problem) : error;
}

/** The schemas here give null for a message that is not there; the services' take none. */
function withoutNulls<Input extends { message: string | null }>({ message, ...rest }: Input) {
  return { ...rest, ...(message !== null && { message }) };
}
