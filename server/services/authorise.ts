import { type Operation, type Place, type Refusal, refusalOf } from "#domain/auth/scopes.ts";
import type { AuditActor } from "../db/audit.ts";
import { AppError } from "../errors/appError.ts";
import type { Actor, ServiceContext } from "./context.ts";

/** `id` is a person's, also when a token speaks for them; `from` goes into the audit. */
export type Caller = AuditActor;

/**
 * The first line of every service: who calls, provided that they may. The control plane itself may do everything. The role has to be held everywhere, but
 * for what the table lets be done with a role in any group.
 */
export function authorise(ctx: ServiceContext, operation: Operation): Caller {
  return authoriseAt(ctx, operation, "everywhere");
}

/** The first line of a service that has yet to find out which group it is about: who has the role nowhere is refused at once. `authoriseIn` goes on from there. */
export function authoriseSomewhere(ctx: ServiceContext, operation: Operation): Caller {
  return authoriseAt(ctx, operation, "somewhere");
}

/** Who calls, provided that they may in that group: by the role that they have everywhere, or by what they were granted there. */
export function authoriseIn(ctx: ServiceContext, operation: Operation, group: { id: string; name: string }): Caller {
  return authoriseAt(ctx, operation, { groupId: group.id }, group.name);
}

/** Whether the caller may, for what is shown or left out. */
export function may({ actor }: ServiceContext, operation: Operation, place: Place = "everywhere"): boolean {
  if (actor.kind === "system") return true;
  return actor.kind !== "nobody" && refusalOf(asker(actor), operation, place) === null;
}

function authoriseAt({ actor, origin }: ServiceContext, operation: Operation, place: Place, groupName?: string): Caller {
  const from = origin && { from: origin };
  if (actor.kind === "system") return { id: null, name: actor.name, ...from };
  if (actor.kind === "nobody") throw new AppError("UNAUTHENTICATED", "sign in first");
  const refusal = refusalOf(asker(actor), operation, place);
  if (refusal) throw new AppError("FORBIDDEN", inWords(refusal, actor, groupName));
  if (actor.kind === "person") return { id: actor.id, name: actor.name, ...from };
  const { id, name } = actor.token;
  return { id: actor.id, name: `${actor.name} (token ${name})`, kind: "token", token: { id, name }, ...from };
}

type Known = Extract<Actor, { kind: "person" | "token" }>;

function asker(actor: Known) {
  return { role: actor.role, grants: actor.grants, scopes: actor.kind === "token" ? actor.token.scopes : null };
}

function inWords(refusal: Refusal, actor: Known, groupName?: string): string {
  switch (refusal.why) {
    case "system":
      return "this is done by Headgate alone";
    case "session":
      return "this needs a person who is signed in; a token can't do it";
    case "scope": {
      const has = actor.kind === "token" ? actor.token.scopes.join(", ") : "";
      return `this token lacks the scope ${refusal.missing}; it has: ${has === "" ? "none" : has}`;
    }
    case "role": {
      const needed = `this needs the role ${refusal.needed}${groupName === undefined ? "" : ` in the group ${groupName}`}`;
      return actor.kind === "token"
        ? `${needed}; the token's owner, ${actor.name}, is ${actor.role}. A token never may more than its owner`
        : `${needed}; yours is ${actor.role}. An admin can change it under Settings`;
    }
  }
}
