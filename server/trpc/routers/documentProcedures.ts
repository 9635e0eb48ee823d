import { archiveDocument } from "../../services/documents/archiveDocument.ts";
import { createDocument } from "../../services/documents/createDocument.ts";
import type { ByIdInput, ByVersionInput, CreateInput, ListInput, RenameInput, SaveVersionInput } from "../../services/documents/documentInput.ts";
import type { DocumentKind } from "../../services/documents/documentKind.ts";
import { duplicateDocument } from "../../services/documents/duplicateDocument.ts";
import { getDocument } from "../../services/documents/getDocument.ts";
import { getVersion } from "../../services/documents/getVersion.ts";
import { listDocuments } from "../../services/documents/listDocuments.ts";
import { renameDocument } from "../../services/documents/renameDocument.ts";
import { restoreDocument } from "../../services/documents/restoreDocument.ts";
import { saveVersion } from "../../services/documents/saveVersion.ts";
import { procedure, untrusted } from "../trpc.ts";

/** What every kind of document can be asked. `more` is what a list shows of a body besides its name; `BodyInput` is a body as it is sent. */
export function documentProcedures<Body, BodyInput, More>(kind: DocumentKind<Body>, more: (body: Body) => More) {
  return {
    list: procedure.input(untrusted<ListInput | undefined>()).query(({ ctx, input }) => listDocuments(ctx, kind, input, more)),
    get: procedure.input(untrusted<ByIdInput>()).query(({ ctx, input }) => getDocument(ctx, kind, input)),
    version: procedure.input(untrusted<ByVersionInput>()).query(({ ctx, input }) => getVersion(ctx, kind, input)),
    create: procedure.input(untrusted<CreateInput<BodyInput>>()).mutation(({ ctx, input }) => createDocument(ctx, kind, input)),
    saveVersion: procedure.input(untrusted<SaveVersionInput<BodyInput>>()).mutation(({ ctx, input }) => saveVersion(ctx, kind, input)),
    rename: procedure.input(untrusted<RenameInput>()).mutation(({ ctx, input }) => renameDocument(ctx, kind, input)),
    archive: procedure.input(untrusted<ByIdInput>()).mutation(({ ctx, input }) => archiveDocument(ctx, kind, input)),
    restore: procedure.input(untrusted<ByIdInput>()).mutation(({ ctx, input }) => restoreDocument(ctx, kind, input)),
    duplicate: procedure.input(untrusted<ByIdInput>()).mutation(({ ctx, input }) => duplicateDocument(ctx, kind, input)),
  };
}
