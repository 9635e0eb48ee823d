import { readSignOn, signOnProviderId } from "../../db/signOnSetting.ts";
import type { ServiceContext } from "../context.ts";

export type WaysIn = {
  passwords: boolean;
  /** `connected`: whether the caller's account is; null for who is not signed in. */
  signOn: { label: string; connected: boolean | null } | null;
};

/** What the sign-in page offers. Answered without a session. */
export async function waysIn({ ctx }: { ctx: ServiceContext }): Promise<WaysIn> {
  const settings = (await readSignOn(ctx.db))?.settings;
  const passwords = settings?.passwords !== "off";
  if (!settings?.enabled) return { passwords, signOn: null };
  const { label, issuer } = settings;
  const { actor } = ctx;
  if (actor.kind !== "person") return { passwords, signOn: { label, connected: null } };
  const accounts = await ctx.db.account.count({ where: { providerId: signOnProviderId(issuer), userId: actor.id } });
  return { passwords, signOn: { label, connected: accounts > 0 } };
}
