import type { Document, DocumentVersion } from "../../db/documentRows.ts";
import type { LastChange } from "../../db/lastChanges.ts";
import type { RunningPlace } from "../../db/runningPlaces.ts";
import type { SealPort } from "../../db/secretBox.ts";

/** Sealed header values by name; empty for kinds that have none. */
export type SealedSecrets = Record<string, string>;

/** The version that a new one is built on; null for a new document. */
export type StoredBody = Pick<DocumentVersion, "body" | "secrets">;

/** What tells one kind of document from another: its name, how an editor's body is taken in and how a stored one is shown. */
export type DocumentKind<Body> = {
  kind: Document["kind"];
  entity: "policy" | "destination" | "pipeline";
  noun: string;
  /** Parses what came from outside (throws INVALID, paths begin with `body`), and seals what is secret. */
  take(input: unknown, seal: SealPort, stored: StoredBody | null): { body: unknown; secrets: SealedSecrets };
  /** What a browser may see of a stored body: never a secret. */
  show(version: StoredBody): Body;
  /** What changes from one body to the other, a sentence each. */
  describe(before: Body, after: Body): string[];
};

export type DocumentListItem = {
  id: string;
  name: string;
  currentVersion: number;
  updatedAtMs: number;
  updatedBy: string;
  isRunning: boolean;
  /** In the first of the places where it runs. */
  runningVersion: number | null;
  /** Groups, the default one first, then single collectors that are overridden. */
  runsIn: RunningPlace[];
  /** What the newest version changed; null while there is one version, and when the audit does not go back so far any more. */
  lastChange: LastChange | null;
};
export type VersionListItem = { number: number; authorName: string; createdAtMs: number; message: string | null; appliedRevision: number | null };
export type DocumentView<Body> = {
  id: string;
  name: string;
  currentVersion: number;
  body: Body;
  versions: VersionListItem[];
  runningVersion: number | null;
  runsIn: RunningPlace[];
  /** The version that every group runs; null when they differ or one runs none of it. */
  runsEverywhere: number | null;
  archivedAtMs: number | null;
};
export type VersionView<Body> = { number: number; body: Body; authorName: string; createdAtMs: number; message: string | null };
export type SaveConflict<Body> = { currentVersion: number; authorName: string; createdAtMs: number; body: Body };
