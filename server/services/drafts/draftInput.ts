import { z } from "zod";
import { DOCUMENT_KINDS, type DocumentKindName } from "../../db/documentRows.ts";
import { draftKeySchema, idSchema, VERSIONS_MAX } from "../documents/documentInput.ts";

/** Drafts that one person may have; with more, the one that was not touched for longest goes, and the answer says which. */
export const DRAFTS_MAX = 50;
/** Characters of a draft's JSON; a policy of a hundred long tiers has about 50,000. */
export const DRAFT_CHARACTERS_MAX = 262_144;

const kindSchema = z.enum(DOCUMENT_KINDS, `must be one of ${DOCUMENT_KINDS.join(", ")}`);

export const draftPlaceSchema = z.strictObject({ kind: kindSchema, key: draftKeySchema });
/** All but the body, which is not looked at, because a draft may be wrong; only its size is. */
export const saveDraftSchema = z.strictObject({
  kind: kindSchema,
  key: draftKeySchema,
  baseVersion: z.int("must be a version number").min(0, "must be 0 or more").max(VERSIONS_MAX, "is no version number"),
  name: z.string("must be a text").max(200, "must have at most 200 characters").nullable(),
  tab: z.string("must be a text").min(1, "must not be empty").max(64, "must have at most 64 characters"),
  owner: idSchema.optional(),
});

export type DraftPlaceInput = { kind: DocumentKindName; key: string };
/**
 * `baseVersion` 0: the document does not exist yet. `tab` tells the tabs of one person apart. `owner`: who typed it; refused when somebody else is signed in
 * by now, in another tab of the same browser.
 */
export type SaveDraftInput = DraftPlaceInput & { baseVersion: number; name: string | null; body: unknown; tab: string; owner?: string };

export type DraftItem = DraftPlaceInput & { baseVersion: number; name: string | null; savedAtMs: number };
/** `body` as it was saved: it may be of an older form, or wrong. */
export type StoredDraft = DraftItem & { body: unknown; tab: string };
/** `otherTabAtMs`: another tab of the same person had written since this one did; its draft was replaced. `letGo`: what had to make room. */
export type SavedDraft = { savedAtMs: number; otherTabAtMs: number | null; letGo: DraftItem[] };
