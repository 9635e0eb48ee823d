import type { DocumentKind } from "./codeFile.ts";

/** What a server has, as its API says it. Bodies are not checked yet: a newer server may know more. */
export type ServerDocument = {
  kind: DocumentKind;
  id: string;
  name: string;
  version: number;
  updatedBy: string;
  archived: boolean;
  body: unknown;
  /** Groups other than the default one, and single collectors, that run it, by name. */
  runsElsewhere: string[];
};
/** `version` of the document that runs may be an older one than its current. */
export type ServerRunning = Record<DocumentKind, { id: string; name: string; version: number; body: unknown }>;
export type ServerState = { documents: ServerDocument[]; running: ServerRunning };
