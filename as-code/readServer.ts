import { z } from "zod";
import { DOCUMENT_KINDS, type DocumentKind } from "#domain/as-code/codeFile.ts";
import type { ServerDocument, ServerRunning, ServerState } from "#domain/as-code/serverState.ts";
import { DEFAULT_GROUP_ID } from "#domain/fleet/membership.ts";
import type { ApiClient } from "./apiClient.ts";

const AT_A_TIME = 8;
export const FOLDER_OF = { policy: "policies", pipeline: "pipelines", destination: "destinations" } as const satisfies Record<DocumentKind, string>;

const itemSchema = z.object({ id: z.string(), name: z.string() });
const place = z.object({ groupId: z.string(), groupName: z.string(), collector: z.object({ name: z.string() }).nullable() });
const documentSchema = z.object({
  runsIn: z.array(place),
  id: z.string(),
  name: z.string(),
  currentVersion: z.int(),
  updatedBy: z.string(),
  archivedAtMs: z.number().nullable(),
  body: z.unknown(),
});
const versionSchema = z.object({ body: z.unknown() });
const part = z.object({ id: z.string(), name: z.string(), version: z.int() });
const currentSchema = z.object({ policy: part, pipeline: part, destination: part });

/** All documents with their current bodies, archived ones too, and what runs. */
export async function readServer(api: ApiClient): Promise<ServerState> {
  const documents: ServerDocument[] = [];
  for (const kind of DOCUMENT_KINDS) {
    const folder = FOLDER_OF[kind];
    const items = [...(await api.list(`/${folder}`, itemSchema)), ...(await api.list(`/${folder}?archived=true`, itemSchema))];
    for (let from = 0; from < items.length; from += AT_A_TIME) {
      const some = items.slice(from, from + AT_A_TIME);
      documents.push(...(await Promise.all(some.map(({ id }) => readDocument(api, kind, id)))));
    }
  }
  return { documents, running: await readRunning(api) };
}

async function readDocument(api: ApiClient, kind: DocumentKind, id: string): Promise<ServerDocument> {
  const { name, currentVersion, updatedBy, archivedAtMs, body, runsIn } = await api.get(`/${FOLDER_OF[kind]}/${id}`, documentSchema);
  const runsElsewhere = runsIn.flatMap(({ groupId, groupName, collector }) => collector?.name ?? (groupId === DEFAULT_GROUP_ID ? [] : groupName));
  return { kind, id, name, version: currentVersion, updatedBy, archived: archivedAtMs !== null, body, runsElsewhere };
}

async function readRunning(api: ApiClient): Promise<ServerRunning> {
  const current = await api.get("/revisions/current", currentSchema);
  const entries = DOCUMENT_KINDS.map(async (kind) => {
    const { id, name, version } = current[kind];
    const { body } = await api.get(`/${FOLDER_OF[kind]}/${id}/versions/${version}`, versionSchema);
    return [kind, { id, name, version, body }] as const;
  });
  return Object.fromEntries(await Promise.all(entries)) as ServerRunning;
}
