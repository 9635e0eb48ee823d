// `npm run headgate -- sign-in recover`: the way back in when single sign-on does not work and passwords are off.
import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { openDatabase } from "./db/database.ts";
import { recoverSignIn } from "./db/recoverSignIn.ts";
import { currentEnv, type ServerEnv } from "./env.ts";
import { StartError } from "./errors/startError.ts";
import { withDatabase } from "./withDatabase.ts";

const LINK_HOURS = 1;

function refuseOptions(): void {
  try {
    parseArgs({ options: {}, strict: true });
  } catch {
    throw new StartError("sign-in recover takes no options; npm run headgate -- --help lists the commands");
  }
}

function publicUrl({ HEADGATE_PUBLIC_URL, HEADGATE_HTTP_HOST, HEADGATE_HTTP_PORT }: ServerEnv): string {
  return HEADGATE_PUBLIC_URL ?? `http://${HEADGATE_HTTP_HOST}:${HEADGATE_HTTP_PORT}`;
}

async function main(): Promise<void> {
  refuseOptions();
  const env = currentEnv();
  await withDatabase(env, async (url) => {
    const db = openDatabase({ url, connectionsMax: 1 });
    try {
      const token = randomBytes(32).toString("base64url");
      const { passwordsWereOff } = await recoverSignIn(db, { token, expiresAt: new Date(Date.now() + LINK_HOURS * 3_600_000) });
      process.stdout.write(
        `${passwordsWereOff ? "Passwords are on again: who has one signs in with it." : "Passwords were on already."}\n` +
          `For who has none: this link makes one account that is an admin, once, within ${LINK_HOURS} hour:\n${publicUrl(env)}/setup?token=${token}\n`,
      );
    } finally {
      await db.$disconnect();
    }
  });
}

main().catch((error) => {
  process.stderr.write(
    `${error instanceof StartError ? error.message : `sign-in could not be recovered: ${error instanceof Error ? error.message : String(error)}`}\n`,
  );
  process.exitCode = 2;
});
