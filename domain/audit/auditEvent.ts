/** What an audit event holds besides who and when. `before` and `after` are null where there was or is nothing to tell. */
export type AuditFacts = {
  action: string;
  entity: string;
  entityId: string | null;
  /** As it was called at that time. */
  entityName: string | null;
  detail: Record<string, unknown>;
  before?: unknown;
  after?: unknown;
};

/** `person` signed in, `token` a program with one, `system` the control plane itself, `nobody` who was not let in. */
export type AuditActorKind = "person" | "token" | "system" | "nobody";

/** A row of the list. `sentence` goes on after the actor's name. */
export type AuditListItem = {
  id: string;
  atMs: number;
  actorKind: AuditActorKind;
  actorName: string;
  action: string;
  entity: string;
  sentence: string;
};

/** All of one event. `ip`, `agent` and e-mail addresses are there for admins alone. */
export type AuditEventView = AuditListItem &
  AuditFacts & {
    origin: { via?: string; page?: string; requestId?: string; ip?: string; agent?: string; token?: { id: string; name: string } };
    hash: string | null;
    previousHash: string | null;
    olderId: string | null;
    newerId: string | null;
  };
