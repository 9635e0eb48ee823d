import type { AuditFacts } from "./auditEvent.ts";

const CHANGES_SHOWN = 2;
/** What an entity is called; one that is not here is called by its own name. */
const NOUNS: Record<string, string> = {
  policy: "sampling policy",
  pipeline: "pipeline settings",
  destination: "destination",
  token: "enrolment token",
  apiToken: "API token",
  collector: "collector",
  person: "person",
  group: "group",
  shadow: "comparison",
};
/** Past tenses of verbs that an action's name can end with. */
const PAST: Record<string, string> = { set: "set", forget: "forgot", end: "ended", get: "got", put: "put" };

/** What somebody did, to go on after their name: `raised important APIs from 25% to 50% in policy checkout`. Names are as they were at that time. */
export function auditSentence({ action, entity, entityId, entityName, detail, before, after }: AuditFacts): string {
  const was = fields(before);
  const is = fields(after);
  const name = entityName ?? entityId ?? "";
  switch (action) {
    case "policy.create":
    case "pipeline.create":
    case "destination.create":
      return `created the ${NOUNS[entity]} ${name}`;
    case "policy.rename":
    case "pipeline.rename":
    case "destination.rename":
      return `renamed the ${NOUNS[entity]} ${text(was.name)} to ${name}`;
    case "policy.archive":
    case "pipeline.archive":
    case "destination.archive":
      return `archived the ${NOUNS[entity]} ${name}`;
    case "policy.restore":
    case "pipeline.restore":
    case "destination.restore":
      return `restored the ${NOUNS[entity]} ${name} from the archive`;
    case "policy.duplicate":
    case "pipeline.duplicate":
    case "destination.duplicate":
      return `created the ${NOUNS[entity]} ${name} as a copy of ${text(detail.of)} v${text(detail.version)}`;
    case "policy.saveVersion":
    case "pipeline.saveVersion":
    case "destination.saveVersion":
      return savedVersion(entity, name, text(is.version), texts(detail.changes));
    case "destination.check":
      return `had ${text(detail.collector)} check the connection to ${entityName ?? "a destination that is not saved"}`;
    case "apply.start":
      return `applied ${name} v${text(is.version)} ${detail.group === undefined ? "" : `to the group ${text(detail.group)} `}as revision ${text(is.revision)}${asAsked(detail)}`;
    case "apply.revert":
      return `went back to revision ${text(detail.to)} in the group ${name}, as revision ${text(is.revision)}`;
    case "rollout.start":
      return `began to roll out ${name} to the group ${text(detail.group)} in ${text(detail.stages)} ${detail.stages === 1 ? "stage" : "stages"}${asAsked(detail)}`;
    case "rollout.stageOpened":
      return `opened stage ${stageOf(detail)} of the rollout of ${name}`;
    case "rollout.applied":
      return `saw all of stage ${stageOf(detail)} run ${name}`;
    case "rollout.stagePassed":
      return `${typeof detail.byPerson === "string" ? "promoted" : "passed"} stage ${stageOf(detail)} of the rollout of ${name}`;
    case "rollout.approvalWanted":
      return `asks for the approval of stage ${stageOf(detail)} of the rollout of ${name}`;
    case "rollout.approved":
      return `approved stage ${stageOf(detail)} of the rollout of ${name}`;
    case "rollout.paused":
      return `paused the rollout of ${name}`;
    case "rollout.resumed":
      return `resumed the rollout of ${name}`;
    case "rollout.rollingBack":
      return `rolls ${name} back`;
    case "rollout.rolledBack":
      return `rolled ${name} back`;
    case "rollout.completed":
      return `completed the rollout of ${name}`;
    case "changes.stop":
      return `stopped all changes: ${text(detail.reason)}`;
    case "changes.release":
      return "released changes";
    case "changes.freeze":
      return "set the freeze windows";
    case "group.create":
      return `created the group ${name}${is.selector === undefined ? "" : `: ${selectorInWords(is.selector)}`}`;
    case "group.update":
      return changedGroup(name, was, is);
    case "group.archive":
      return `archived the group ${name}`;
    case "group.restore":
      return `restored the group ${name} from the archive`;
    case "revision.rehash":
      return `renewed the hash of revision ${name}: ${text(detail.reason)}`;
    case "collector.enrol":
      return `let the collector ${name} enrol ${before === null ? "" : "again "}with the token ${text(detail.enrolmentToken)}`;
    case "collector.forget":
      return `forgot the collector ${name}`;
    case "collector.revokeCredential":
      return `revoked the credential of the collector ${name}`;
    case "collector.setLabels":
      return `changed the labels of ${name}: ${labelChanges(fields(was.labels), fields(is.labels))}`;
    case "collector.override":
      return `had ${name} run ${texts(detail.runs).join(" and ")} instead of what its group runs: ${text(detail.reason)}`;
    case "collector.endOverride":
      return `ended the override of ${name}`;
    case "collector.overrideExpired":
      return `ended the override of ${name}: its time was over`;
    case "collector.profile":
      return `had ${name} record a profile of its ${text(detail.kind) === "cpu" ? "CPU" : text(detail.kind)}, ${text(detail.seconds)} s`;
    case "shadow.start":
      return detail.hours === undefined
        ? `had ${text(detail.where)} try ${name} beside what runs, for ${text(detail.minutes)} min`
        : `had ${text(detail.where)} try ${name} beside what runs, over what was recorded in the last ${text(detail.hours)} h`;
    case "shadow.stop":
      return `stopped trying ${name}`;
    case "token.create":
      return `created the enrolment token ${name}`;
    case "token.revoke":
      return `revoked the enrolment token ${name}`;
    case "apiToken.create":
      return `made the API token ${name} (${texts(is.scopes).join(", ")})`;
    case "apiToken.revoke":
      return `revoked the API token ${name}${detail.owner === undefined ? "" : ` of ${text(detail.owner)}`}`;
    case "apiToken.refused":
      return failedToken(name, detail);
    case "approval.ask":
      return `asked for approval of ${name}${inGroup(detail)}`;
    case "approval.approve":
      return `approved ${name}, which ${text(detail.askedBy)} had asked for`;
    case "approval.reject":
      return `rejected ${name}, which ${text(detail.askedBy)} had asked for: ${text(detail.reason)}`;
    case "approval.withdraw":
      return `withdrew ${name}`;
    case "approval.close":
      return closedRequest(name, text(detail.askedBy), text(is.state));
    case "approval.set":
      return `${is.everywhere === true ? "turned on" : "turned off"} that changes need approval${asAsked(detail)}`;
    case "approval.setGroup":
      return `set approval of changes to the group ${name} from ${text(was.approval)} to ${text(is.approval)}${asAsked(detail)}`;
    case "breakGlass.start":
      return `broke glass for ${text(is.minutes)} minutes: ${name} is kept in full (${text(detail.reason)})`;
    case "breakGlass.extend":
      return `had the break glass for ${name} last ${text(detail.minutes)} minutes longer`;
    case "breakGlass.end":
      return `ended the break glass for ${name}`;
    case "breakGlass.over":
      return `ended the break glass for ${name}: its time was over`;
    case "webhook.create":
      return `added the webhook ${name}`;
    case "webhook.update":
      return was.state === is.state ? `changed the webhook ${name}` : `${is.state === "paused" ? "paused" : "took up"} the webhook ${name}`;
    case "webhook.remove":
      return `removed the webhook ${name}`;
    case "webhook.rotateSecret":
      return `made a new secret for the webhook ${name}`;
    case "webhook.test":
      return `sent a test to the webhook ${name}`;
    case "webhook.redeliver":
      return `had ${text(detail.kind)} sent to the webhook ${name} once more`;
    case "prices.set":
      return "changed the price";
    case "sampleTraffic.start":
      return "started sample traffic";
    case "sampleTraffic.stop":
      return "stopped sample traffic";
    case "person.invite":
      return `invited ${is.email ? text(is.email) : "somebody"} as ${text(is.role)}`;
    case "person.join":
      return `joined as ${text(is.role)}`;
    case "person.setRole":
      return `changed the role of ${name} from ${text(was.role)} to ${text(is.role)}`;
    case "person.setGrant":
      return grantInWords(name, text(detail.group), was.role, is.role);
    case "person.remove":
      return `removed ${name}`;
    case "person.endSessions":
      return `signed ${name} out everywhere`;
    case "person.connect":
      return `connected their account with single sign-on${is.email ? ` as ${text(is.email)}` : ""}`;
    case "signOn.set":
      return signOnSet(was, is);
    case "signOn.test":
      return `tested the provider of single sign-on: ${text(detail.result)}`;
    case "signOn.recover":
      return "turned passwords on from a terminal and made a link for an admin";
    case "session.signIn":
      return detail.method === undefined ? "signed in" : `signed in by ${text(detail.method)}`;
    case "session.signOut":
      return "signed out";
    case "session.signInFailed":
      return failedSignIn(detail);
    case "session.end":
      return `ended a session of their own: ${name}`;
    case "session.endOthers":
      return `ended ${text(detail.ended)} other ${detail.ended === 1 ? "session" : "sessions"} of their own`;
    case "setup.seed":
      return "set up the first policy, destination and pipeline settings";
    case "setup.ownerLink":
      return "made a link that creates the owner's account";
    case "audit.prune":
      return `let ${text(detail.events)} events go that were older than 400 days`;
    case "audit.export":
      return "downloaded the audit as CSV";
    default:
      return inGeneral(action, entity, name);
  }
}

/** `env=prod → env=test, +zone=a, −team`. */
function labelChanges(was: Record<string, unknown>, is: Record<string, unknown>): string {
  const removed = Object.keys(was).filter((key) => !Object.hasOwn(is, key));
  const changed = Object.keys(is).filter((key) => is[key] !== was[key]);
  const words = changed.map((key) => (Object.hasOwn(was, key) ? `${key}=${text(was[key])} → ${key}=${text(is[key])}` : `+${key}=${text(is[key])}`));
  return [...words, ...removed.map((key) => `−${key}`)].join(", ");
}

/** A selector that is empty is said in words. */
function selectorInWords(selector: unknown): string {
  return selector === "" ? "every collector" : `collectors with ${text(selector)}`;
}

function changedGroup(name: string, was: Record<string, unknown>, is: Record<string, unknown>): string {
  const changes: string[] = [];
  if (was.name !== is.name) changes.push(`name ${text(was.name)} → ${text(is.name)}`);
  if (was.selector !== is.selector) changes.push(`${selectorInWords(was.selector)} → ${selectorInWords(is.selector)}`);
  if (was.priority !== is.priority) changes.push(`priority ${text(was.priority)} → ${text(is.priority)}`);
  if (was.description !== is.description) changes.push("its description");
  return `changed the group ${name}: ${changes.join("; ")}`;
}

function failedSignIn({ email, reason, unrecorded }: Record<string, unknown>): string {
  const others = unrecorded === undefined ? "" : `; ${text(unrecorded)} more before this one have no event of their own`;
  return `tried to sign in${email === undefined ? "" : ` as ${text(email)}`}: ${text(reason)}${others}`;
}

function inGroup({ group }: Record<string, unknown>): string {
  return group === undefined ? "" : ` in ${text(group)}`;
}

function asAsked({ askedBy }: Record<string, unknown>): string {
  return askedBy === undefined ? "" : `, as ${text(askedBy)} had asked`;
}

function closedRequest(name: string, askedBy: string, state: string): string {
  const why = state === "stale" ? "what runs has changed since" : state === "expired" ? "nobody decided in time" : state;
  return `closed the request of ${askedBy} for ${name}: ${why}`;
}

function grantInWords(name: string, group: string, before: unknown, after: unknown): string {
  if (after === null) return `took the role ${text(before)} in the group ${group} from ${name}`;
  return before === null
    ? `made ${name} ${text(after)} in the group ${group}`
    : `changed the role of ${name} in the group ${group} from ${text(before)} to ${text(after)}`;
}

function failedToken(name: string, { reason, unrecorded }: Record<string, unknown>): string {
  const others = unrecorded === undefined ? "" : `; ${text(unrecorded)} more before this one have no event of their own`;
  return `called the API with ${name === "" ? "a token" : `the token ${name}`} and was refused: ${text(reason)}${others}`;
}

function signOnSet(was: Record<string, unknown>, is: Record<string, unknown>): string {
  if (was.passwords !== is.passwords && is.passwords === "off") return "turned passwords off: people sign in by single sign-on alone";
  if (was.passwords === "off" && is.passwords === "on") return "turned passwords on again";
  if (was.enabled !== is.enabled) return is.enabled === true ? `set up single sign-on with ${text(is.issuer)}` : "turned single sign-on off";
  return "changed single sign-on";
}

function savedVersion(entity: string, name: string, version: string, changes: string[]): string {
  const what = `${entity === "pipeline" ? "settings" : entity} ${name}`;
  const [only] = changes;
  const ratio = changes.length === 1 ? only.match(/^(.+): keep ([\d.]+)% → ([\d.]+)%$/) : null;
  if (ratio) return `${Number(ratio[3]) > Number(ratio[2]) ? "raised" : "lowered"} ${ratio[1]} from ${ratio[2]}% to ${ratio[3]}% in ${what} (v${version})`;
  const more = changes.length - CHANGES_SHOWN;
  const words = changes.slice(0, CHANGES_SHOWN).join("; ") + (more > 0 ? `; and ${more} more` : "");
  return `saved v${version} of ${what}${words === "" ? "" : `: ${words}`}`;
}

/** `group.addMember` of group eu: "added member: group eu". For what has no sentence of its own. */
function inGeneral(action: string, entity: string, name: string): string {
  const words = (action.split(".")[1] ?? action).split(/(?=[A-Z])/).map((word) => word.toLowerCase());
  const [verb, ...rest] = words;
  const past = PAST[verb] ?? (verb.endsWith("e") ? `${verb}d` : /[^aeiou]y$/.test(verb) ? `${verb.slice(0, -1)}ied` : `${verb}ed`);
  const noun = `${NOUNS[entity] ?? entity}${name === "" ? "" : ` ${name}`}`;
  return rest.length === 0 ? `${past} the ${noun}` : `${past} ${rest.join(" ")}: ${noun}`;
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "?";
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** Stages are counted from 1 wherever people read of them. */
const stageOf = (detail: AuditFacts["detail"]) => Number(detail.stage) + 1;
