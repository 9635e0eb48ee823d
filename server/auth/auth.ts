import { prismaAdapter } from "better-auth/adapters/prisma";
import { betterAuth } from "better-auth/minimal";
import type { Database } from "../db/database.ts";
import { signOnPlugin } from "./sign-on/signOnPlugin.ts";

export const PASSWORD_MIN = 12;
export const PASSWORD_MAX = 128;
const SESSION_DAYS = 14;

export type AuthOptions = { db: Database; secret: string; publicUrl: string; report: (message: string) => void };

/**
 * The sign-in library, set up. Accounts come only from one-time links, so its own sign-up is closed; the origin of requests and the rate of
 * sign-ins are checked before it is reached, for all routes alike.
 */
export function createAuth({ db, secret, publicUrl, report }: AuthOptions) {
  return betterAuth({
    appName: "Headgate",
    baseURL: publicUrl,
    basePath: "/api/auth",
    secret,
    database: prismaAdapter(db, { provider: "postgresql", transaction: true }),
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: PASSWORD_MIN, maxPasswordLength: PASSWORD_MAX },
    user: { additionalFields: { role: { type: "string", input: false, defaultValue: "viewer" } } },
    session: { expiresIn: SESSION_DAYS * 86_400, disableSessionRefresh: true },
    account: { storeStateStrategy: "cookie" },
    plugins: [signOnPlugin],
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { level: "error", log: (_level, message) => report(message) },
    advanced: {
      cookiePrefix: "headgate",
      useSecureCookies: publicUrl.startsWith("https:"),
      defaultCookieAttributes: { httpOnly: true, sameSite: "lax", path: "/" },
      disableCSRFCheck: true,
      disableOriginCheck: true,
    },
  });
}

export type Auth = ReturnType<typeof createAuth>;
