import type { DestinationBody } from "./destinationTypes.ts";

export type TlsSettings = NonNullable<Extract<DestinationBody, { kind: "otlp" }>["tls"]>;
/** Text fields as they stand in the form; empty: not set. */
export type TlsDraft = Record<TlsText, string> & { insecureSkipVerify: boolean };
export const TLS_TEXTS = ["caFile", "certFile", "keyFile", "serverName"] as const;
export type TlsText = (typeof TLS_TEXTS)[number];

export const TLS_LABELS: Record<TlsText, string> = {
  caFile: "CA file",
  certFile: "Client certificate file",
  keyFile: "Client key file",
  serverName: "Server name",
};

export function tlsDraft(tls: TlsSettings | undefined): TlsDraft {
  const { caFile = "", certFile = "", keyFile = "", serverName = "", insecureSkipVerify = false } = tls ?? {};
  return { caFile, certFile, keyFile, serverName, insecureSkipVerify };
}

export function speaksTls(endpoint: string): boolean {
  return endpoint.trim().toLowerCase().startsWith("https://");
}

/** Undefined where nothing is set, or the endpoint is plain text: what was typed stays in the form meanwhile. */
export function tlsInput(draft: TlsDraft, endpoint: string): TlsSettings | undefined {
  if (!speaksTls(endpoint)) return undefined;
  const texts = TLS_TEXTS.map((name) => [name, draft[name].trim()] as const).filter(([, text]) => text !== "");
  if (texts.length === 0 && !draft.insecureSkipVerify) return undefined;
  return { ...Object.fromEntries(texts), insecureSkipVerify: draft.insecureSkipVerify };
}

/** What differs, in sentences. */
export function describeTlsChange(before: TlsSettings | undefined, after: TlsSettings | undefined): string[] {
  const [from, to] = [tlsDraft(before), tlsDraft(after)];
  const sentences = TLS_TEXTS.filter((name) => from[name] !== to[name]).map(
    (name) => `${TLS_LABELS[name]}: ${from[name] === "" ? "none" : from[name]} → ${to[name] === "" ? "none" : to[name]}.`,
  );
  if (from.insecureSkipVerify !== to.insecureSkipVerify) {
    sentences.push(to.insecureSkipVerify ? "The backend's certificate is no longer verified." : "The backend's certificate is verified again.");
  }
  return sentences;
}

/** Reads it from an error's details, where it has no type. */
export function toTlsSettings(value: unknown): TlsSettings | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const given = value as Record<string, unknown>;
  const texts = TLS_TEXTS.flatMap((name) => (typeof given[name] === "string" ? [[name, given[name]] as const] : []));
  return { ...Object.fromEntries(texts), insecureSkipVerify: given.insecureSkipVerify === true };
}
