import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "#server/trpc/appRouter.ts";

/** What a draft is about; `key` is the document's id, or `new-…` and what a new one is made from (then `baseVersion` is 0). */
export type DraftPlace = Pick<inferRouterInputs<AppRouter>["drafts"]["save"], "kind" | "key" | "baseVersion">;
/** The draft that the server has; its body is as the editor of that time left it. */
export type FoundDraft = inferRouterOutputs<AppRouter>["drafts"]["get"];

/** The version that a draft stands on when that is no longer the newest; null when it is, or there is no draft. */
export function olderBase(found: FoundDraft, currentVersion: number): number | null {
  return found !== null && found.baseVersion > 0 && found.baseVersion < currentVersion ? found.baseVersion : null;
}
