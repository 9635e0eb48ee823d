import * as oidc from "openid-client";
import type { Claims } from "#domain/auth/readIdentity.ts";
import { lacksClaims } from "#domain/auth/readIdentity.ts";
import type { SignOnSettings } from "#domain/auth/signOnSettings.ts";
import { boundedFetch } from "./boundedFetch.ts";

/** What has to be the same at the end of a sign-in as at its beginning. */
export type SignOnSecrets = { state: string; nonce: string; codeVerifier: string };
export type ProviderAccess = Pick<SignOnSettings, "issuer" | "clientId"> & { clientSecret: string | null };

const KEPT_MS = 600_000;
const KEPT_MAX = 4;
const TIMEOUT_S = 8;

export type OidcProvider = {
  /** Where to send the browser. Asks the provider each time, so that nobody is sent to one that does not answer. */
  authorizationUrl(access: ProviderAccess, settings: Pick<SignOnSettings, "scopes">, redirectUri: string, secrets: SignOnSecrets): Promise<URL>;
  /** Verified claims: state, issuer, audience, times, nonce and signature of the id token hold. Throws what `toRefusal` can name. */
  claims(access: ProviderAccess, settings: Pick<SignOnSettings, "roles">, returnedTo: URL, secrets: SignOnSecrets): Promise<Claims>;
};

/** Speaks OpenID Connect. What a provider says about itself is kept for the ten minutes that a sign-in may take, of four settings at most. */
export function createOidcProvider({ nowMs }: { nowMs: () => number }): OidcProvider {
  const kept = new Map<string, { configuration: oidc.Configuration; untilMs: number }>();

  const keyOf = ({ issuer, clientId, clientSecret }: ProviderAccess) => JSON.stringify([issuer, clientId, clientSecret]);

  async function discover(access: ProviderAccess): Promise<oidc.Configuration> {
    const key = keyOf(access);
    const configuration = await discoverProvider(access);
    kept.delete(key);
    kept.set(key, { configuration, untilMs: nowMs() + KEPT_MS });
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT_MAX) break;
      kept.delete(oldest);
    }
    return configuration;
  }

  return {
    async authorizationUrl(access, { scopes }, redirectUri, { state, nonce, codeVerifier }) {
      const configuration = await discover(access);
      return oidc.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: [...new Set(["openid", "email", "profile", ...scopes])].join(" "),
        state,
        nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: "S256",
      });
    },
    async claims(access, settings, returnedTo, { state, nonce, codeVerifier }) {
      const known = kept.get(keyOf(access));
      const configuration = known && known.untilMs > nowMs() ? known.configuration : await discover(access);
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: codeVerifier, idTokenExpected: true };
      const tokens = await oidc.authorizationCodeGrant(configuration, returnedTo, checks);
      const claims = tokens.claims();
      if (!claims) throw new Error("the provider sent no id token");
      if (!lacksClaims(claims, settings) || !configuration.serverMetadata().userinfo_endpoint) return claims;
      const more = await oidc.fetchUserInfo(configuration, tokens.access_token, claims.sub);
      return { ...more, ...claims };
    },
  };
}

/** Asks a provider what it can do, and checks that it is who it should be. The id token's signature is checked at each sign-in. */
export async function discoverProvider({ issuer, clientId, clientSecret }: ProviderAccess): Promise<oidc.Configuration> {
  const url = new URL(issuer);
  const execute = [oidc.enableNonRepudiationChecks, ...(url.protocol === "http:" ? [oidc.allowInsecureRequests] : [])];
  const authenticate: oidc.ClientAuth = (server, client, body, headers) => clientAuth(server, clientSecret)(server, client, body, headers);
  return oidc.discovery(url, clientId, undefined, authenticate, { execute, timeout: TIMEOUT_S, [oidc.customFetch]: boundedFetch });
}

/** In the header as the specification has it, in the body only for a provider that names nothing else. */
function clientAuth(server: oidc.ServerMetadata, clientSecret: string | null): oidc.ClientAuth {
  if (clientSecret === null) return oidc.None();
  const known = server.token_endpoint_auth_methods_supported;
  const inHeader = known === undefined || known.includes("client_secret_basic") || !known.includes("client_secret_post");
  return inHeader ? oidc.ClientSecretBasic(clientSecret) : oidc.ClientSecretPost(clientSecret);
}
