import { z } from "zod";
import type { SignOnSettings } from "#domain/auth/signOnSettings.ts";
import { audit } from "../../db/audit.ts";
import type { Transaction } from "../../db/database.ts";
import { notifyChange } from "../../db/notifyChange.ts";
import { readSignOn, SIGN_ON_KEY, type StoredSignOn, signOnProviderId } from "../../db/signOnSetting.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { parseInput } from "../parseInput.ts";
import { refused, type SignOnInput, type TakenSignOn, takeSignOn } from "./signOnInput.ts";

const basedOnSchema = z.looseObject({ basedOnMs: z.number("must be a time in milliseconds or null").nullable() });

/** `basedOnMs`: when the settings were last changed, as far as the form knows; null when there were none. */
export type SetSignOnInput = SignOnInput & { basedOnMs: number | null };

/** Holds for the next sign-in, on every replica. Passwords go off only for an admin who has come in by this very provider. */
export async function setSignOn({ ctx, input: untrusted }: Call<SetSignOnInput>): Promise<{ updatedAtMs: number }> {
  const caller = authorise(ctx, "manageSignOn");
  const { basedOnMs, ...input } = parseInput(basedOnSchema, untrusted);
  return ctx.db.$transaction(async (tx) => {
    const stored = await readSignOn(tx);
    if ((stored?.updatedAtMs ?? null) !== basedOnMs) throw changedMeanwhile(stored);
    const taken = takeSignOn(input, ctx.ports.seal, stored);
    if (taken.settings.passwords === "off") await requireTried(tx, taken.settings, stored, caller.id);
    const updatedAt = await write(tx, taken, stored, caller.name, Math.max(ctx.ports.nowMs(), (basedOnMs ?? 0) + 1));
    await audit(tx, { by: caller, action: "signOn.set", entity: "signOn", before: stored ? shown(stored) : undefined, after: shown(taken, stored) });
    await notifyChange(tx, "signOn");
    return { updatedAtMs: updatedAt.getTime() };
  });
}

async function write(tx: Transaction, value: TakenSignOn, stored: StoredSignOn | null, updatedBy: string, nowMs: number): Promise<Date> {
  const updatedAt = new Date(nowMs);
  if (!stored) {
    await tx.setting.create({ data: { key: SIGN_ON_KEY, value, updatedBy, updatedAt } });
    return updatedAt;
  }
  const where = { key: SIGN_ON_KEY, updatedAt: new Date(stored.updatedAtMs) };
  const { count } = await tx.setting.updateMany({ where, data: { value, updatedBy, updatedAt } });
  if (count === 0) throw changedMeanwhile(null);
  return updatedAt;
}

/** Nobody is to lock everybody out with a provider that was never tried. */
async function requireTried(tx: Transaction, { issuer, clientId }: SignOnSettings, stored: StoredSignOn | null, caller: string | null): Promise<void> {
  const before = stored?.settings;
  if (before && (before.issuer !== issuer || before.clientId !== clientId))
    throw refused("passwords", "must be on while the issuer or the client ID changes: save that first, sign in with it, then turn passwords off");
  const connected = before?.enabled && caller ? await tx.account.count({ where: { providerId: signOnProviderId(issuer), userId: caller } }) : 0;
  if (connected === 0)
    throw refused("passwords", "must be on until your own account is connected: connect it first, so that you can get in without a password");
}

function changedMeanwhile(stored: StoredSignOn | null): AppError {
  return new AppError("CONFLICT", `${stored?.updatedBy ?? "somebody"} has changed these settings meanwhile; load them again, then change them`);
}

/** Of the secret only whether there is one, and whether it is another one. */
function shown({ settings, sealedSecret }: TakenSignOn, before?: StoredSignOn | null) {
  const changed = before?.sealedSecret && sealedSecret && before.sealedSecret !== sealedSecret;
  return { ...settings, clientSecret: sealedSecret === null ? "none" : changed ? "changed" : "set" };
}
