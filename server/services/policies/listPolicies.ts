import type { ServiceContext } from "../context.ts";
import type { DocumentListItem } from "../documents/documentKind.ts";
import { listDocuments } from "../documents/listDocuments.ts";
import { policyKind } from "./policyKind.ts";

export type PolicyListItem = DocumentListItem & { tierCount: number };

export async function listPolicies({ ctx }: { ctx: ServiceContext }): Promise<PolicyListItem[]> {
  return listDocuments(ctx, policyKind, (body) => ({ tierCount: body.tiers.length }));
}
