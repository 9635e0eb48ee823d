import { z } from "zod";
import { type SignOnSettings, type SignOnSettingsInput, signOnSettingsSchema } from "#domain/auth/signOnSettings.ts";
import type { SealPort } from "../../db/secretBox.ts";
import type { StoredSignOn } from "../../db/signOnSetting.ts";
import { AppError } from "../../errors/appError.ts";
import { parseInput } from "../parseInput.ts";

const inputSchema = z.strictObject({
  settings: z.unknown(),
  clientSecret: z.string("must be a text or null").max(512, "must have at most 512 characters").nullable(),
});
/** `clientSecret`: null keeps what is stored, an empty text is a client without one. */
export type SignOnInput = { settings: SignOnSettingsInput; clientSecret: string | null };
export type TakenSignOn = { settings: SignOnSettings; sealedSecret: string | null };

/** Parses what a form sent. The stored secret is kept for the issuer and client that it was given for: sent to another one, it could be read there. */
export function takeSignOn(untrusted: unknown, seal: SealPort, stored: StoredSignOn | null): TakenSignOn {
  const { settings: unparsed, clientSecret } = parseInput(inputSchema, untrusted);
  const settings = parseInput(signOnSettingsSchema, unparsed);
  if (clientSecret !== null) return { settings, sealedSecret: clientSecret === "" ? null : seal.seal(clientSecret) };
  if (!stored?.sealedSecret) return { settings, sealedSecret: null };
  if (stored.settings.issuer !== settings.issuer || stored.settings.clientId !== settings.clientId)
    throw refused("clientSecret", "must be given again: it was given for another issuer or client");
  return { settings, sealedSecret: stored.sealedSecret };
}

export function refused(path: string, message: string): AppError {
  return new AppError("INVALID", `${path}: ${message}`, { problems: [{ path, message }] });
}
