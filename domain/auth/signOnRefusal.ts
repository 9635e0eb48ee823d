/** Why a sign-in by single sign-on did not work. The words are in the address of the sign-in page, so they stay as they are. */
export const SIGN_ON_REFUSALS = [
  "off",
  "busy",
  "denied",
  "state",
  "issuer",
  "signature",
  "nonce",
  "audience",
  "expired",
  "answer",
  "client",
  "provider",
  "database",
  "email",
  "unverified",
  "domain",
  "invited",
  "connect",
  "connected",
  "full",
] as const;
export type SignOnRefusal = (typeof SIGN_ON_REFUSALS)[number];

export function toSignOnRefusal(text: string | null): SignOnRefusal | null {
  return SIGN_ON_REFUSALS.find((refusal) => refusal === text) ?? null;
}

/** What happened and what to do, for the person who wanted in. `label` is the provider's name on the button. Gives nothing away that the provider wrote. */
export function signOnRefusalInWords(refusal: SignOnRefusal, label: string): string {
  switch (refusal) {
    case "off":
      return "Single sign-on is not set up. An admin does that under Settings.";
    case "busy":
      return "Too many people are signing in at this moment. Try again in a few seconds.";
    case "denied":
      return `${label} did not let you in, or you cancelled there. Try again; if it stays, ask who runs ${label} whether you may use Headgate.`;
    case "state":
      return "That sign-in was begun too long ago, in another browser, or used already. Begin again here.";
    case "issuer":
      return `The answer did not come from the provider that is set up. Begin again here; if it stays, an admin compares the issuer under Settings with what ${label} calls itself.`;
    case "signature":
      return `The answer is not signed by ${label}. Begin again here; if it stays, an admin tests the provider under Settings.`;
    case "nonce":
      return "The answer belongs to another sign-in. Begin again here; if it stays, tell an admin: somebody may be replaying answers.";
    case "audience":
      return "The answer was meant for another application. An admin compares the client ID under Settings with the provider's.";
    case "expired":
      return "The answer has expired. Begin again here; if it stays, the clock of this server or of the provider is wrong.";
    case "answer":
      return `${label} answered in a way that can't be used. Begin again here; if it stays, an admin finds the reason under Audit.`;
    case "client":
      return `${label} does not take Headgate's client ID and secret. An admin gives them again under Settings.`;
    case "provider":
      return `${label} can't be reached at the moment. Try again later.`;
    case "database":
      return "The database can't be reached at the moment. Try again later.";
    case "email":
      return `${label} did not say your e-mail address. An admin lets Headgate have the scope email there.`;
    case "unverified":
      return `${label} does not say that your e-mail address is verified. Verify it there, then sign in again.`;
    case "domain":
      return "Your e-mail address is of a domain that may not sign in here. Use another account, or ask an admin to allow the domain.";
    case "invited":
      return "You have no account here. Ask an admin to invite you with the e-mail address that you have there, then sign in again.";
    case "connect":
      return `There is an account with your e-mail address already. Sign in with its password, then connect it with ${label} under Settings.`;
    case "connected":
      return "That sign-in belongs to another account here. Sign in with it, or choose another account at the provider.";
    case "full":
      return "There is no room for more accounts. Ask an admin to remove some under Settings.";
  }
}

const IN_SHORT: Record<SignOnRefusal, string> = {
  off: "it is not set up",
  busy: "too many at once",
  denied: "the provider did not let them in",
  state: "not begun in this browser, too long ago, or used already",
  issuer: "the answer is from another issuer",
  signature: "the id token's signature is wrong",
  nonce: "the id token belongs to another sign-in",
  audience: "the id token is for another application",
  expired: "the id token has expired",
  answer: "the provider's answer can't be used",
  client: "the provider does not take the client ID and secret",
  provider: "the provider can't be reached",
  database: "the database can't be reached",
  email: "the provider gave no e-mail address",
  unverified: "the e-mail address is not verified",
  domain: "the e-mail's domain is not allowed",
  invited: "not invited",
  connect: "the address has an account that is not connected",
  connected: "connected with another account",
  full: "no room for more accounts",
};

/** For the audit. */
export function refusalInShort(refusal: SignOnRefusal): string {
  return IN_SHORT[refusal];
}
