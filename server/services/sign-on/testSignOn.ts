import { type ProviderCheck, providerChecksInShort } from "#domain/auth/providerCheck.ts";
import { audit } from "../../db/audit.ts";
import { readSignOn } from "../../db/signOnSetting.ts";
import { AppError } from "../../errors/appError.ts";
import { authorise } from "../authorise.ts";
import type { Call } from "../context.ts";
import { type SignOnInput, takeSignOn } from "./signOnInput.ts";

/** At the same time: each waits for a provider for seconds. */
export const SIGN_ON_TESTS_AT_ONCE_MAX = 4;

/** Tries a provider with what the form holds, saved or not. Changes nothing. */
export async function testSignOn({ ctx, input: untrusted }: Call<SignOnInput>): Promise<{ checks: ProviderCheck[] }> {
  const caller = authorise(ctx, "manageSignOn");
  const { seal, signOn } = ctx.ports;
  const { settings, sealedSecret } = takeSignOn(untrusted, seal, await readSignOn(ctx.db));
  if (!signOn.tests.take()) throw new AppError("TOO_MANY", `at most ${signOn.tests.max} tests at the same time; try again in a few seconds`);
  try {
    const checks = await signOn.test({ ...settings, clientSecret: sealedSecret === null ? null : seal.open(sealedSecret) });
    const detail = { issuer: settings.issuer, result: providerChecksInShort(checks) };
    await ctx.db.$transaction((tx) => audit(tx, { by: caller, action: "signOn.test", entity: "signOn", detail }));
    return { checks };
  } finally {
    signOn.tests.release();
  }
}
