import type { SignOnSettings } from "#domain/auth/signOnSettings.ts";
import { readSignOn, signOnProviderId } from "../../db/signOnSetting.ts";
import { authorise } from "../authorise.ts";
import type { ServiceContext } from "../context.ts";

export type SignOnView = {
  /** Null until it is set up. */
  settings: SignOnSettings | null;
  hasSecret: boolean;
  updatedAtMs: number | null;
  updatedBy: string | null;
  /** To be registered at the provider. */
  redirectUri: string;
  /** Whether the caller's own account is connected with this provider. */
  connected: boolean;
  people: { connected: number; all: number };
};

export async function getSignOn({ ctx }: { ctx: ServiceContext }): Promise<SignOnView> {
  const caller = authorise(ctx, "manageSignOn");
  const stored = await readSignOn(ctx.db);
  const providerId = stored && signOnProviderId(stored.settings.issuer);
  const [own, connected, all] = await Promise.all([
    providerId && caller.id ? ctx.db.account.count({ where: { providerId, userId: caller.id } }) : 0,
    providerId ? ctx.db.account.count({ where: { providerId } }) : 0,
    ctx.db.user.count(),
  ]);
  return {
    settings: stored?.settings ?? null,
    hasSecret: stored?.sealedSecret != null,
    updatedAtMs: stored?.updatedAtMs ?? null,
    updatedBy: stored?.updatedBy ?? null,
    redirectUri: ctx.ports.signOn.redirectUri(),
    connected: own > 0,
    people: { connected, all },
  };
}
