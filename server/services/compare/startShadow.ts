import { randomUUID } from "node:crypto";
import { REPLAY_DEADLINE_MS } from "#domain/sampling/compare/shadowReport.ts";
import { type SamplingPolicy, samplingPolicySchema } from "#domain/sampling/samplingPolicy.ts";
import { audit } from "../../db/audit.ts";
import type { Transaction } from "../../db/database.ts";
import { findDocument, findVersion } from "../../db/documentRows.ts";
import { findGroup } from "../../db/groupRows.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { readRunningShadows } from "../../db/shadowRows.ts";
import { readTargets } from "../../db/targets.ts";
import { toJson } from "../../db/toJson.ts";
import { AppError } from "../../errors/appError.ts";
import { authoriseIn, authoriseSomewhere, type Caller } from "../authorise.ts";
import type { Call, ServiceContext } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { HOUR_MS, SHADOW_COLLECTORS_MAX, SHADOWS_AT_ONCE_MAX, SHADOWS_KEPT, type StartShadowInput, startShadowSchema } from "./shadowInput.ts";

type Parsed = ReturnType<typeof startShadowSchema.parse>;
type Candidate = { title: string; policy: SamplingPolicy; policyId: string | null; policyVersion: number | null };
type Where = { groupId: string | null; name: string; collectors: { id: string; name: string }[]; caller: Caller };

/** Has collectors try a policy beside what they run: for so many minutes on what comes in, or over what they have recorded. It changes nothing of what they send. */
export async function startShadow({ ctx, input: untrusted }: Call<StartShadowInput>): Promise<{ id: string }> {
  authoriseSomewhere(ctx, "tryPolicy");
  const { candidate: wanted, where: place, over } = parseInput(startShadowSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    // One at a time, so that two who ask at once can't both have the same collector.
    await tx.$executeRaw`LOCK TABLE "Shadow" IN SHARE ROW EXCLUSIVE MODE`;
    const where = await findPlace(tx, ctx, place);
    const candidate = await findCandidate(tx, wanted);
    const now = ctx.ports.nowMs();
    await refuseTaken(tx, now, where, over.kind);
    const id = randomUUID();
    const row = { title: candidate.title, policy: toJson(candidate.policy), policyId: candidate.policyId, policyVersion: candidate.policyVersion };
    const forMs = over.kind === "live" ? over.minutes * 60_000 : REPLAY_DEADLINE_MS;
    const ofKind = over.kind === "live" ? { kind: "live" } : { kind: "replay", backMs: over.hours * HOUR_MS };
    const times = { startedAt: new Date(now), endsAt: new Date(now + forMs) };
    const collectorIds = where.collectors.map((collector) => collector.id);
    await tx.shadow.create({ data: { id, ...row, ...ofKind, groupId: where.groupId, collectorIds, startedBy: where.caller.name, ...times } });
    await tx.$executeRaw`DELETE FROM "Shadow" WHERE id IN (SELECT id FROM "Shadow" WHERE "endsAt" < now() ORDER BY "startedAt" DESC OFFSET ${SHADOWS_KEPT})`;
    const detail = { where: where.name, collectors: where.collectors.length, ...(over.kind === "live" ? { minutes: over.minutes } : { hours: over.hours }) };
    await audit(tx, { by: where.caller, action: "shadow.start", entity: "shadow", entityId: id, entityName: candidate.title, detail });
    await notifyChange(tx, "shadow", id);
    return { id };
  });
}

async function findCandidate(tx: Transaction, wanted: Parsed["candidate"]): Promise<Candidate> {
  if (wanted.kind === "body") {
    const policy = parseInput(samplingPolicySchema, wanted.body);
    return { title: wanted.title, policy, policyId: wanted.policyId ?? null, policyVersion: null };
  }
  const { policyId, version: policyVersion } = wanted;
  const document = await findDocument(tx, "sampling", policyId);
  const version = document && (await findVersion(tx, policyId, policyVersion));
  if (!version) throw new AppError("NOT_FOUND", `there is no version ${policyVersion} of that sampling policy`);
  return { title: `${document.name} v${policyVersion}`, policy: samplingPolicySchema.parse(version.body), policyId, policyVersion };
}

async function findPlace(tx: Transaction, ctx: ServiceContext, place: Parsed["where"]): Promise<Where> {
  const targets = await readTargets(tx, ctx.ports.nowMs(), place.kind === "collectors" ? place.collectorIds : undefined);
  const nameOf = new Map(
    (await tx.collector.findMany({ where: { id: { in: [...targets.keys()] } }, select: { id: true, name: true } })).map((row) => [row.id, row.name]),
  );
  if (place.kind === "collectors") {
    const missing = place.collectorIds.find((id) => !targets.has(id));
    if (missing !== undefined) throw new AppError("NOT_FOUND", `there is no collector with the id ${missing}`);
    const [first, ...others] = [...targets.values()].map(({ group }) => authoriseIn(ctx, "tryPolicy", group));
    const collectors = place.collectorIds.map((id) => ({ id, name: nameOf.get(id) ?? id }));
    const name = others.length === 0 ? collectors[0].name : `${collectors.length} collectors`;
    return { groupId: null, name, collectors, caller: first };
  }
  const group = await findGroup(tx, place.groupId);
  if (!group || group.archivedAtMs !== null) throw new AppError("NOT_FOUND", "there is no such group, or it is archived");
  const caller = authoriseIn(ctx, "tryPolicy", group);
  const members = [...targets.values()].filter((target) => target.group.id === group.id);
  if (members.length === 0) throw new AppError("CONFLICT", `${group.name} has no collectors: there is nothing to try a policy on`);
  if (members.length > SHADOW_COLLECTORS_MAX)
    throw new AppError(
      "TOO_MANY",
      `${group.name} has ${members.length} collectors; a policy is tried on at most ${SHADOW_COLLECTORS_MAX}: choose some of them`,
    );
  const collectors = members.map(({ collectorId: id }) => ({ id, name: nameOf.get(id) ?? id }));
  return { groupId: group.id, name: group.name, collectors, caller };
}

async function refuseTaken(tx: Transaction, nowMs: number, { collectors }: Where, over: Parsed["over"]["kind"]): Promise<void> {
  const kind = over === "live" ? "live" : "replay";
  const running = (await readRunningShadows(tx, nowMs)).filter((shadow) => shadow.kind === kind);
  const on = kind === "live" ? "" : " over a recording";
  if (running.length >= SHADOWS_AT_ONCE_MAX)
    throw new AppError(
      "TOO_MANY",
      `${SHADOWS_AT_ONCE_MAX} policies are being tried${on} at this moment, as many as may be; stop one, or wait until one has ended`,
    );
  for (const { title, collectorIds, id } of running) {
    const taken = collectors.find((collector) => collectorIds.includes(collector.id));
    if (taken)
      throw new AppError(
        "CONFLICT",
        `${taken.name} is trying ${title}${on} at this moment; a collector tries one policy at a time. Stop that, or wait until it has ended`,
        { conflict: { id } },
      );
  }
}
