import { configHash } from "#domain/fleet/configHash.ts";
import { assembleConfig, InvalidConfigError } from "../../db/assembleConfig.ts";
import { audit } from "../../db/audit.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { readLiveRollouts } from "../../db/rolloutRows.ts";
import { readRunning } from "../../db/runningPlaces.ts";
import { readRevisions } from "../../db/targets.ts";
import { lockRevisions } from "../apply/lockRevisions.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

export type RenewedHash = { revision: number; before: string; hash: string };
/** `invalid`: revisions that this version can't put together. */
export type RenewedHashes = { renewed: RenewedHash[]; invalid: { revision: number; reason: string }[] };

/**
 * A version that knows more settings makes another document, and so another hash, of the same stored parts. Collectors compare by hash, so every revision
 * that is to run now (the newest of each group, and those of overrides and live rollouts) gets the one that this version computes; earlier revisions keep theirs, which is
 * what collectors ran.
 */
export async function renewNewestHash({ ctx }: { ctx: ServiceContext }): Promise<RenewedHashes> {
  const by = authorise(ctx, "keepHouse");
  return ctx.db.$transaction(async (tx) => {
    await lockRevisions(tx);
    const renewed: RenewedHash[] = [];
    const invalid: RenewedHashes["invalid"] = [];
    const running = (await readRunning(tx, ctx.ports.nowMs())).map(({ revision }) => revision);
    const staged = await readRevisions(
      tx,
      (await readLiveRollouts(tx)).map(({ toRevision }) => toRevision),
    );
    for (const revision of [...running, ...staged.values()]) {
      const { number, hash: before } = revision;
      try {
        const hash = configHash(await assembleConfig(tx, revision, ctx.ports.seal));
        if (hash !== before) renewed.push({ revision: number, before, hash });
      } catch (error) {
        if (!(error instanceof InvalidConfigError)) throw error;
        invalid.push({ revision: number, reason: error.message });
      }
    }
    for (const { revision, before, hash } of renewed) {
      await tx.revision.update({ where: { number: revision }, data: { hash } });
      const change = { before: { hash: before }, after: { hash }, detail: { reason: "this version of Headgate knows more settings" } };
      await audit(tx, { by, action: "revision.rehash", entity: "revision", entityId: String(revision), ...change });
      await notifyChange(tx, "revision", String(revision));
    }
    return { renewed, invalid };
  });
}
