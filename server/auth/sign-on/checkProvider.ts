import * as oidc from "openid-client";
import type { ProviderCheck } from "#domain/auth/providerCheck.ts";
import { boundedFetch } from "./boundedFetch.ts";
import { discoverProvider, type ProviderAccess } from "./oidcProvider.ts";
import { toRefusal } from "./toRefusal.ts";

const KEYS_TIMEOUT_MS = 8_000;

/** Tries what can be tried without a person: what the provider says about itself, its keys, and whether it takes the client ID and secret. */
export async function checkProvider(access: ProviderAccess, scopes: readonly string[], redirectUri: string): Promise<ProviderCheck[]> {
  let configuration: oidc.Configuration;
  try {
    configuration = await discoverProvider(access);
  } catch (error) {
    return [{ what: "Issuer", result: "bad", message: discoveryProblem(access.issuer, error) }];
  }
  const server = configuration.serverMetadata();
  return [
    { what: "Issuer", result: "ok", message: `${server.issuer} answers and is who it should be` },
    endpoints(server),
    pkce(server),
    scopesCheck(server, scopes),
    await keys(server),
    await client(configuration, redirectUri),
  ];
}

function discoveryProblem(issuer: string, error: unknown): string {
  const { refusal, detail } = toRefusal(error);
  if (refusal === "issuer") {
    const said = saidIssuer(error);
    return said
      ? `the provider calls itself ${said}. Put exactly that as the issuer, to the last slash`
      : "the provider calls itself by another name. Put exactly that one as the issuer";
  }
  const at = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const reason = networkReason(error);
  if (reason) return `${at} can't be reached: ${reason}`;
  if (/OAUTH_TIMEOUT/.test(detail)) return `${at} did not answer within 8 s. Check the address, and whether this server may go out to it`;
  if (/NOT_CONFORM/.test(detail))
    return `${at} does not answer with a description of a provider (another status than 200). Check the issuer; some have a path, such as /realms/main`;
  if (/NOT_JSON|PARSE_ERROR/.test(detail)) return `${at} answers with something that is no JSON. Check the issuer`;
  return `${at} answers in a way that can't be used: ${detail}`;
}

/** What the discovery document says, where it says something else than the settings. */
function saidIssuer(error: unknown): string | null {
  for (let [here, depth] = [error, 0]; typeof here === "object" && here !== null && depth < 6; depth++) {
    if ("body" in here && typeof here.body === "object" && here.body !== null && "issuer" in here.body && typeof here.body.issuer === "string")
      return here.body.issuer.slice(0, 500);
    here = "cause" in here ? here.cause : null;
  }
  return null;
}

const NETWORK_REASONS: Record<string, string> = {
  ENOTFOUND: "there is no such host. Check its name",
  EAI_AGAIN: "the host's name can't be looked up at the moment. Check this server's DNS",
  ECONNREFUSED: "nothing listens there. Check host and port, and whether the provider runs",
  ECONNRESET: "the connection was broken off. Check whether a proxy or firewall stands in between",
  ETIMEDOUT: "no answer. Check whether this server may go out to it",
  UND_ERR_CONNECT_TIMEOUT: "no answer. Check whether this server may go out to it",
  CERT_HAS_EXPIRED: "its certificate has expired",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is signed by a CA that this server does not know. Name that in NODE_EXTRA_CA_CERTS",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed. Name it in NODE_EXTRA_CA_CERTS",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is signed by a CA that this server does not know. Name that in NODE_EXTRA_CA_CERTS",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
};

function networkReason(error: unknown): string | null {
  for (let [here, depth] = [error, 0]; typeof here === "object" && here !== null && depth < 6; depth++) {
    if ("code" in here && typeof here.code === "string" && Object.hasOwn(NETWORK_REASONS, here.code)) return NETWORK_REASONS[here.code];
    here = "cause" in here ? here.cause : null;
  }
  return null;
}

function endpoints({ authorization_endpoint: authorization, token_endpoint: token, jwks_uri: keys, response_types_supported: types }: oidc.ServerMetadata) {
  const missing = Object.entries({ authorization_endpoint: authorization, token_endpoint: token, jwks_uri: keys }).filter(([, value]) => !value);
  if (missing.length > 0)
    return check("Sign-in", "bad", `the provider does not say its ${missing.map(([name]) => name).join(", ")}; it is no provider of OpenID Connect`);
  if (types && !types.includes("code")) return check("Sign-in", "bad", "the provider does not do the authorization code flow; allow it there");
  return check("Sign-in", "ok", "the authorization code flow is there");
}

function pkce({ code_challenge_methods_supported: methods }: oidc.ServerMetadata) {
  if (methods?.includes("S256")) return check("PKCE", "ok", "S256 is there");
  return check("PKCE", "unsure", "the provider does not say that it checks S256; it is sent all the same, and most that say nothing ignore it");
}

function scopesCheck({ scopes_supported: supported }: oidc.ServerMetadata, scopes: readonly string[]) {
  if (!supported) return check("Scopes", "unsure", "the provider does not list its scopes");
  const missing = ["openid", "email", "profile", ...scopes].filter((scope) => !supported.includes(scope));
  if (missing.length === 0) return check("Scopes", "ok", "all that are asked for are there");
  return check(
    "Scopes",
    missing.includes("email") || missing.includes("openid") ? "bad" : "unsure",
    `the provider does not list ${missing.join(", ")}; allow it there, or take it out here`,
  );
}

async function keys({ jwks_uri: uri }: oidc.ServerMetadata): Promise<ProviderCheck> {
  if (!uri) return check("Keys", "bad", "the provider does not say where its keys are");
  try {
    const response = await boundedFetch(uri, {
      method: "GET",
      headers: { accept: "application/json" },
      body: undefined,
      redirect: "manual",
      signal: AbortSignal.timeout(KEYS_TIMEOUT_MS),
    });
    const { keys: found } = (await response.json()) as { keys?: unknown };
    if (response.status === 200 && Array.isArray(found) && found.length > 0)
      return check("Keys", "ok", found.length === 1 ? "one key to check signatures with" : `${found.length} keys to check signatures with`);
    return check("Keys", "bad", `${uri} has no keys, so no signature can be checked`);
  } catch (error) {
    return check("Keys", "bad", `${uri} can't be read: ${networkReason(error) ?? toRefusal(error).detail}`);
  }
}

/** A code that nobody gave is refused in one way by a provider that knows the client, in another by one that does not. */
async function client(configuration: oidc.Configuration, redirectUri: string): Promise<ProviderCheck> {
  try {
    const parameters = { code: "a-test-of-the-settings", redirect_uri: redirectUri, code_verifier: oidc.randomPKCECodeVerifier() };
    await oidc.genericGrantRequest(configuration, "authorization_code", parameters);
    return check("Client", "unsure", "the provider took a code that nobody gave; whether it knows the client can't be told");
  } catch (error) {
    const { refusal, detail } = toRefusal(error);
    if (refusal === "client")
      return check(
        "Client",
        "bad",
        "the provider does not take the client ID and secret. Copy both anew; it may also want another way of signing in its clients",
      );
    if (!(error instanceof oidc.ResponseBodyError)) return check("Client", "bad", `the token endpoint can't be used: ${networkReason(error) ?? detail}`);
    if (error.error === "invalid_grant") return check("Client", "ok", "the provider takes the client ID and the secret");
    return check("Client", "unsure", `the provider answered ${error.error}; whether it takes the client ID and secret shows at the first sign-in`);
  }
}

function check(what: string, result: ProviderCheck["result"], message: string): ProviderCheck {
  return { what, result, message };
}
