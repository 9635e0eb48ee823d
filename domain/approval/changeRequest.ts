/** `pending` waits for somebody; the others are where it ended. `stale`: what it was asked on top of changed in the meantime. */
export const REQUEST_STATES = ["pending", "applied", "rejected", "withdrawn", "stale", "expired"] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

export const REQUEST_DAYS = 7;
export const REQUESTS_PENDING_MAX = 200;
/** Of one person, so that nobody fills the list for the others. */
export const REQUESTS_PENDING_PER_PERSON_MAX = 20;

/** A group's own word on whether its changes need approval. */
export const GROUP_APPROVALS = ["inherit", "on", "off"] as const;
export type GroupApproval = (typeof GROUP_APPROVALS)[number];

/** Whether changes to a group need a second person: its own word, else what holds everywhere. */
export function needsApproval(everywhere: boolean, group: GroupApproval): boolean {
  return group === "inherit" ? everywhere : group === "on";
}

export type RequestFacts = { state: RequestState; baseRevision: number | null; expiresAtMs: number };

/** Where a request stands now: one that nobody has closed may have gone stale or run out of time by itself. `currentRevision` is its group's. */
export function requestState({ state, baseRevision, expiresAtMs }: RequestFacts, currentRevision: number | null, nowMs: number): RequestState {
  if (state !== "pending") return state;
  if (baseRevision !== null && baseRevision !== currentRevision) return "stale";
  return expiresAtMs <= nowMs ? "expired" : "pending";
}

export type Decider = { id: string; mayApprove: boolean };

/** Why somebody may not say yes or no to it; null when they may. Nobody decides on what they asked for themselves, whatever their role. */
export function decisionProblem(request: { state: RequestState; askedById: string }, decider: Decider): string | null {
  if (request.state !== "pending") return STATE_PROBLEMS[request.state];
  if (request.askedById === decider.id) return "nobody decides on what they asked for themselves; another person has to";
  return decider.mayApprove ? null : "this needs the role approver there";
}

const STATE_PROBLEMS: Record<Exclude<RequestState, "pending">, string> = {
  applied: "it was approved and applied already",
  rejected: "it was rejected already",
  withdrawn: "whoever asked has withdrawn it",
  stale: "what runs has changed since it was asked for, so nobody can say any more what it would change; it has to be asked for anew",
  expired: `nobody decided within ${REQUEST_DAYS} days; it has to be asked for anew`,
};
