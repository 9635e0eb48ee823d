"use client";

import { useCallback } from "react";
import type { DraftPlace, FoundDraft } from "#components/versions/foundDraft.ts";
import { useDraft } from "#components/versions/useDraft.ts";
import { type SamplingPolicy, samplingPolicySchema } from "#domain/sampling/samplingPolicy.ts";
import { parseOrProblems } from "#domain/validation/problems.ts";
import { type DraftPolicy, draftFromPolicy, policyInput } from "../draft/draftPolicy.ts";
import { policyDrafts } from "../draft/draftStore.ts";
import { editPolicy, type PolicyEdit } from "../draft/editPolicy.ts";

type Options = { place: DraftPlace | null; found: FoundDraft; base: SamplingPolicy; name: string | null; initial?: DraftPolicy | null };

const check = (input: unknown) => parseOrProblems(samplingPolicySchema, input);

/** The draft of one policy, changed by the edits of a policy. */
export function usePolicyDraft(options: Options) {
  const draft = useDraft<DraftPolicy, SamplingPolicy>({ ...options, drafts: policyDrafts, toDraft: draftFromPolicy, toInput: policyInput, check });
  const change = draft.edit;
  const edit = useCallback((next: PolicyEdit, key?: string) => change((current) => editPolicy(current, next), key), [change]);
  return { ...draft, edit };
}
