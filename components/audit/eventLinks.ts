import type { AuditEventView } from "#domain/audit/auditEvent.ts";

const DOCUMENT_PAGES: Record<string, string> = { policy: "/sampling", destination: "/destination", pipeline: "/pipeline" };

/** Where to look further: the thing itself, and the two versions beside each other. */
export function eventLinks({ action, entity, entityId, before, after, detail }: AuditEventView): { label: string; href: string }[] {
  const page = DOCUMENT_PAGES[entity];
  if (page && entityId) {
    const links = [{ label: `Open the ${entity}`, href: `${page}/${entityId}` }];
    const [from, to] = [versionOf(before), versionOf(after)];
    if (from !== null && to !== null) links.push({ label: `Compare v${from} with v${to}`, href: `${page}/${entityId}/history?from=${from}&to=${to}` });
    return links;
  }
  if (action === "apply.start" && typeof detail.documentId === "string") {
    const document = DOCUMENT_PAGES[String(detail.kind)];
    const version = versionOf(after);
    return document && version !== null ? [{ label: `Open v${version}`, href: `${document}/${detail.documentId}/versions/${version}` }] : [];
  }
  if (entity === "approval" && entityId) return [{ label: "Open the request", href: `/approvals/${entityId}` }];
  if (entity === "breakGlass") return [{ label: "Open break glass", href: "/break-glass" }];
  if (entity === "webhook") return [{ label: "Open webhooks", href: "/settings/webhooks" }];
  if (entity === "apiToken") return [{ label: "Open API tokens", href: "/settings/tokens" }];
  if (entity === "group" && entityId) return [{ label: "Open the group", href: `/groups/${entityId}` }];
  if (action === "apply.revert" && typeof detail.groupId === "string") return [{ label: "Open the group", href: `/groups/${detail.groupId}` }];
  if (entity === "collector" && entityId && action !== "collector.forget") return [{ label: "Open the collector", href: `/fleet/${entityId}` }];
  return [];
}

function versionOf(value: unknown): number | null {
  const { version } = Object(value) as { version?: unknown };
  return typeof version === "number" ? version : null;
}
