import { z } from "zod";

const RELOAD_MIN_MS = 1000;
const RELOAD_MAX_MS = 86_400_000;
const TOKENS_MAX = 64;
const ORIGINS_MAX = 64;
const CONNECTIONS_MAX = 100_000;
const AGE_MIN_MS = 1000;
const AGE_MAX_MS = 86_400_000;

const file = (what: string) => z.string(`must be the path of ${what}`).min(1, `must be the path of ${what}`).max(4096, "must have at most 4096 characters");
const wholeNumber = (min: number, max: number, unit: string) => {
  const limits = `must be a whole number of ${unit} from ${min} to ${max}`;
  return z.int(limits).min(min, limits).max(max, limits);
};

const tlsSchema = z.strictObject({
  certFile: file("a PEM file").describe("The server's certificate and what leads to its root, PEM."),
  keyFile: file("a PEM file").describe("The certificate's private key, PEM."),
  clientCaFile: file("a PEM file").optional().describe("CAs, PEM: a client has to show a certificate that one of them has signed (mTLS)."),
  minVersion: z.enum(["1.2", "1.3"], "must be 1.2 or 1.3").default("1.2").describe("Oldest TLS version that is spoken."),
});
export type ServerTlsSettings = z.infer<typeof tlsSchema>;

const bearerTokenSchema = z.strictObject({
  name: z
    .string("must be a name")
    .regex(/^[\x21-\x7e]{1,64}$/, "must be 1 to 64 printable characters without blanks")
    .describe("What the token is called in logs; the token itself never stands there."),
  tokenFile: file("a file with the token").describe("A file that holds the token and nothing else."),
});

const authSchema = z
  .strictObject({
    bearerTokens: z
      .array(bearerTokenSchema, "must be a list of tokens")
      .min(1, "must have at least one token")
      .max(TOKENS_MAX, `must have at most ${TOKENS_MAX} tokens`)
      .describe("A request must carry one of these: `authorization: Bearer …`. Several at once let a token be replaced without a gap."),
  })
  .refine(({ bearerTokens }) => new Set(bearerTokens.map(({ name }) => name)).size === bearerTokens.length, {
    path: ["bearerTokens"],
    message: "two tokens have the same name",
  });
export type AuthSettings = z.infer<typeof authSchema>;

/** `https://app.example.com`, `https://*.example.com` (any subdomain), or `*`. */
const origin = z
  .string("must be an origin such as https://app.example.com")
  .regex(/^(\*|https?:\/\/(\*\.)?[a-z0-9.-]+(:\d{1,5})?)$/, "must be an origin such as https://app.example.com, https://*.example.com, or *");

export const corsSchema = z.strictObject({
  allowedOrigins: z
    .array(origin, "must be a list of origins")
    .min(1, "must have at least one origin")
    .max(ORIGINS_MAX, `must have at most ${ORIGINS_MAX} origins`)
    .describe("Pages of these origins may send. `https://*.example.com` is every subdomain, `*` everybody."),
  allowedHeaders: z
    .array(z.string().regex(/^[a-z0-9-]{1,128}$/, "must be a header name in lower case"), "must be a list of header names")
    .max(64, "must have at most 64 headers")
    .default([])
    .describe("Headers that a page may send besides content-type, content-encoding, authorization and traceparent."),
  maxAgeS: wholeNumber(0, 86_400, "seconds").default(7200).describe("How long a browser may remember the answer to its question."),
});
export type CorsSettings = z.infer<typeof corsSchema>;

const grpcReceiverSchema = z.strictObject({
  engine: z
    .enum(["node", "lean"], "must be node or lean")
    .default("lean")
    .describe("The HTTP/2 implementation that OTLP/gRPC is received with: lean does only what gRPC calls need, for a fraction of the CPU; node is Node's own."),
  maxConnectionAgeMs: wholeNumber(AGE_MIN_MS, AGE_MAX_MS, "milliseconds")
    .optional()
    .describe("After about so long (±10%) a connection is asked to go, so that clients spread over collectors again. Absent: never."),
  maxConnectionAgeGraceMs: wholeNumber(0, AGE_MAX_MS, "milliseconds")
    .default(30_000)
    .describe("How long what is open on such a connection may still take before it is cut."),
});
export type GrpcReceiverSettings = z.infer<typeof grpcReceiverSchema>;

const httpReceiverSchema = z.strictObject({
  engine: z
    .enum(["node", "lean"], "must be node or lean")
    .default("lean")
    .describe(
      "What OTLP/HTTP is received with: lean reads plain requests itself, for less CPU, and leaves connections that send anything else to Node's HTTP/1.1; node leaves it all.",
    ),
  cors: corsSchema.optional().describe("Lets web pages send (browser SDKs). Absent: no page may."),
});
export type HttpReceiverSettings = z.infer<typeof httpReceiverSchema>;

/** How the collector listens. Of its process, from its own file: the control plane neither sends nor changes it. */
export const receiversSchema = z.strictObject({
  grpc: grpcReceiverSchema.prefault({}).describe("OTLP/gRPC."),
  http: httpReceiverSchema.prefault({}).describe("OTLP/HTTP."),
  tls: tlsSchema.optional().describe("Both receivers speak TLS. Absent: plain text."),
  auth: authSchema.optional().describe("Who may send. Absent: everybody who reaches the ports."),
  reloadIntervalMs: wholeNumber(RELOAD_MIN_MS, RELOAD_MAX_MS, "milliseconds")
    .default(10_000)
    .describe("How often the files of certificates and tokens are looked at; a changed one holds from then on, a broken one leaves the old in force."),
  connectionsMax: wholeNumber(1, CONNECTIONS_MAX, "connections").default(10_000).describe("Connections that each receiver has open at most."),
});
export type ReceiverSettings = z.infer<typeof receiversSchema>;
