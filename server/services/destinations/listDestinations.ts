import type { ServiceContext } from "../context.ts";
import type { DocumentListItem } from "../documents/documentKind.ts";
import { listDocuments } from "../documents/listDocuments.ts";
import type { DestinationBody } from "./destinationBody.ts";
import { destinationKind } from "./destinationKind.ts";

export type DestinationListItem = DocumentListItem & { kind: DestinationBody["kind"] };

export async function listDestinations({ ctx }: { ctx: ServiceContext }): Promise<DestinationListItem[]> {
  return listDocuments(ctx, destinationKind, (body) => ({ kind: body.kind }));
}
