import { z } from "zod";
import { type SignOnSettings, signOnSettingsSchema } from "#domain/auth/signOnSettings.ts";
import type { Transaction } from "./database.ts";

export const SIGN_ON_KEY = "signOn";

const storedSchema = z.strictObject({ settings: signOnSettingsSchema, sealedSecret: z.string().nullable() });

export type StoredSignOn = { settings: SignOnSettings; sealedSecret: string | null; updatedAtMs: number; updatedBy: string };

/** How people sign in by single sign-on; null until an admin sets it up. Read at each use, so that every replica goes by the newest. */
export async function readSignOn(tx: Transaction): Promise<StoredSignOn | null> {
  const row = await tx.setting.findUnique({ where: { key: SIGN_ON_KEY } });
  if (!row) return null;
  return { ...storedSchema.parse(row.value), updatedAtMs: row.updatedAt.getTime(), updatedBy: row.updatedBy };
}

/** The account's provider in our tables. A subject is unique within its issuer alone. */
export function signOnProviderId(issuer: string): string {
  return `oidc ${issuer}`;
}
