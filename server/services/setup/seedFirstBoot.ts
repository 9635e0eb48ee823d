import { configHash } from "#domain/fleet/configHash.ts";
import { ARCHIVE_BYTES_DEFAULT } from "#domain/pipeline/exportSettings.ts";
import { pipelineSettingsSchema } from "#domain/pipeline/pipelineSettings.ts";
import { DEFAULT_TIERS, type SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { assembleConfig } from "../../db/assembleConfig.ts";
import { audit } from "../../db/audit.ts";
import type { Transaction } from "../../db/database.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { toJson } from "../../db/toJson.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

const SEED_LOCK = 7_270_322;

/** The policy that the demonstration runs on sample traffic: four tiers, from all of the errors to a hundredth of the rest. */
export const SHOP_TRAFFIC: SamplingPolicy = {
  scope: "span",
  tiers: [
    { name: "errors", condition: { kind: "status", is: "error" }, keep: { kind: "ratio", ratio: 1 } },
    { name: "slow requests", condition: { kind: "latency", aboveMs: 500 }, keep: { kind: "ratio", ratio: 1 } },
    {
      name: "important APIs",
      condition: { kind: "endpoint", match: "contains", values: ["/api/payment", "/api/checkout"] },
      keep: { kind: "ratio", ratio: 0.5 },
    },
    { name: "default", condition: { kind: "always" }, keep: { kind: "ratio", ratio: 0.01 } },
  ],
};

/** On an empty database: a policy that keeps everything, the local archive, pipeline settings as they are by default, and revision 1 made of them. Returns whether there was anything to do. */
export async function seedFirstBoot({ ctx, input }: { ctx: ServiceContext; input: { demo: boolean } }): Promise<boolean> {
  const by = authorise(ctx, "keepHouse");
  return ctx.db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${SEED_LOCK})`;
    if ((await tx.revision.count()) > 0) return false;
    const keepEverything: SamplingPolicy = { scope: "span", tiers: DEFAULT_TIERS };
    const policyId = await addDocument(tx, "sampling", "keep everything", keepEverything, by.name);
    const destinationId = await addDocument(tx, "export", "local archive", { kind: "archive", bytesMax: ARCHIVE_BYTES_DEFAULT }, by.name);
    const pipelineId = await addDocument(tx, "pipeline", "Standard pipeline", pipelineSettingsSchema.parse({}), by.name);
    await addRevision(tx, ctx, { number: 1, policyId, destinationId, pipelineId, message: "First start: keep everything in the local archive" });
    if (input.demo) {
      const shopId = await addDocument(tx, "sampling", "shop traffic", SHOP_TRAFFIC, by.name);
      await addRevision(tx, ctx, { number: 2, policyId: shopId, destinationId, pipelineId, message: "Demonstration: four tiers on sample traffic" });
    }
    await audit(tx, { by, action: "setup.seed", entity: "revision", entityId: "1", detail: { demo: input.demo } });
    await notifyChange(tx, "revision", "1");
    return true;
  });
}

async function addDocument(tx: Transaction, kind: string, name: string, body: unknown, authorName: string): Promise<string> {
  const { id } = await tx.document.create({ data: { kind, name, versions: { create: { number: 1, body: toJson(body), authorName } } } });
  return id;
}

async function addRevision(
  tx: Transaction,
  ctx: ServiceContext,
  { number, message, ...ids }: { number: number; policyId: string; destinationId: string; pipelineId: string; message: string },
) {
  const parts = { ...ids, policyVersion: 1, destinationVersion: 1, pipelineVersion: 1 };
  const hash = configHash(await assembleConfig(tx, parts, ctx.ports.seal));
  await tx.revision.create({ data: { ...parts, number, hash, authorName: authorise(ctx, "keepHouse").name, message } });
}
