import { audit } from "./audit.ts";
import type { Database } from "./database.ts";
import { notifyChange } from "./notifyChange.ts";
import { hashToken } from "./secretBox.ts";
import { readSignOn, SIGN_ON_KEY } from "./signOnSetting.ts";

/** Turns passwords on and makes a link for one admin. Whoever can run this has the database, and with it everything; the audit says that it was done. */
export async function recoverSignIn(db: Database, { token, expiresAt }: { token: string; expiresAt: Date }): Promise<{ passwordsWereOff: boolean }> {
  const by = { id: null, name: "Terminal" };
  return db.$transaction(async (tx) => {
    const stored = await readSignOn(tx);
    const passwordsWereOff = stored?.settings.passwords === "off";
    if (stored && passwordsWereOff) {
      const value = { settings: { ...stored.settings, passwords: "on" as const }, sealedSecret: stored.sealedSecret };
      await tx.setting.update({ where: { key: SIGN_ON_KEY }, data: { value, updatedBy: by.name } });
    }
    const data = { purpose: "invitation", tokenHash: hashToken(token), role: "admin", createdBy: by.name, expiresAt };
    const { id } = await tx.oneTimeLink.create({ data });
    await audit(tx, {
      by,
      action: "signOn.recover",
      entity: "signOn",
      entityId: id,
      before: { passwords: passwordsWereOff ? "off" : "on" },
      after: { passwords: "on", role: "admin", expiresAt: expiresAt.toISOString() },
    });
    await notifyChange(tx, "signOn");
    return { passwordsWereOff };
  });
}
