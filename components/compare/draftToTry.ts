import { z } from "zod";
import { type SamplingPolicy, samplingPolicySchema } from "#domain/sampling/samplingPolicy.ts";

const KEY = "headgate.draftToTry";
const storedSchema = z.object({ policyId: z.string().nullable(), title: z.string(), body: samplingPolicySchema });

/** A policy as it stands in the editor, on its way to the Compare page of this tab. */
export type DraftToTry = { policyId: string | null; title: string; body: SamplingPolicy };

/** False when the browser has no room for it. */
export function putDraftToTry(draft: DraftToTry): boolean {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

/** Null when there is none, as in another tab. */
export function readDraftToTry(): DraftToTry | null {
  try {
    const read = storedSchema.safeParse(JSON.parse(sessionStorage.getItem(KEY) ?? "null"));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}
