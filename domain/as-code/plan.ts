import type { Problem } from "../validation/problems.ts";
import type { DocumentFile, DocumentKind } from "./codeFile.ts";

/** What a header of a destination is sent as: null keeps what the server has. */
export type HeaderToSend = { name: string; value: string | null };

type OfDocument = { kind: DocumentKind; name: string };
export type Step = OfDocument &
  (
    | { action: "create"; path: string; file: DocumentFile; headers: HeaderToSend[]; sentences: string[] }
    /** `restore`: it is archived, and comes back first. */
    | { action: "change"; path: string; file: DocumentFile; headers: HeaderToSend[]; id: string; baseVersion: number; restore: boolean; sentences: string[] }
    | { action: "archive"; id: string; sentences: string[] }
    /** `version` is null when it is the one that this plan saves. */
    | { action: "apply"; id: string | null; version: number | null; sentences: string[] }
  );

/** What was changed on the server since the folder was last equal to it: a document, or what runs. */
export type Drift = { path: string; sentences: string[] };
export type PlanProblem = Problem & { file: string };

export type Plan = {
  /** In the order in which they are done. */
  steps: Step[];
  /** Keeps the plan from being applied unless it is said to be overwritten. */
  drift: Drift[];
  /** Keep it from being applied at all. */
  problems: PlanProblem[];
  /** Documents that the server has and the folder has not; they are left alone without --prune. */
  leftAlone: OfDocument[];
  /** Equal on both sides: what the lock may say from now on. */
  equal: { file: DocumentFile; version: number }[];
};
