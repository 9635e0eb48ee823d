import { z } from "zod";

export const HEADERS_MAX = 32;
export const ARCHIVE_BYTES_DEFAULT = 10_000_000_000;

/** RFC 9110 token, lower case because HTTP/2 demands it. */
const headerName = z
  .string()
  .regex(/^[!#$%&'*+\-.^_`|~0-9a-z]{1,128}$/, "must be a header name in lower case")
  .refine((name) => !RESERVED.has(name) && !name.startsWith("grpc-"), "is set by the exporter itself and can't be given");
const headerValue = z
  .string("must be a text")
  .max(4096, "must have at most 4096 characters")
  .regex(/^[\x20-\x7e]*$/, "must be printable ASCII");
const RESERVED = new Set([
  "content-type",
  "content-length",
  "content-encoding",
  "host",
  "te",
  "connection",
  "transfer-encoding",
  "user-agent",
  "upgrade",
  "keep-alive",
]);

const endpoint = z.string("must be a URL such as http://127.0.0.1:4317").superRefine((value, ctx) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:") || url.hostname === "") {
    ctx.addIssue({ code: "custom", message: `must be a URL such as http://127.0.0.1:4317, got ${JSON.stringify(value)}` });
  } else if (url.username !== "" || url.password !== "") {
    ctx.addIssue({ code: "custom", message: "must not carry a user name or password; use a header" });
  }
});

const tlsFile = z.string("must be the path of a PEM file").min(1, "must be the path of a PEM file").max(4096, "must have at most 4096 characters");
const tls = z
  .strictObject({
    caFile: tlsFile.optional().describe("CAs that the backend's certificate is trusted by, PEM, on the collector's machine. Absent: the system's."),
    certFile: tlsFile.optional().describe("The collector's own certificate, PEM, for a backend that asks for one (mTLS)."),
    keyFile: tlsFile.optional().describe("The private key of that certificate, PEM."),
    serverName: z
      .string("must be a host name")
      .regex(/^[A-Za-z0-9.-]{1,253}$/, "must be a host name")
      .optional()
      .describe("The name that the backend's certificate is checked for, where it is not the endpoint's."),
    insecureSkipVerify: z
      .boolean("must be true or false")
      .default(false)
      .describe("Takes any certificate: whoever is in between can read and change what is sent."),
  })
  .refine(({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined), {
    path: ["keyFile"],
    message: "a certificate and its key go together: give both files or neither",
  });
export type ExportTlsSettings = z.infer<typeof tls>;

const otlp = z
  .strictObject({
    kind: z.literal("otlp"),
    protocol: z.enum(["grpc", "http"], "must be grpc or http").default("grpc").describe("OTLP over gRPC, or over HTTP with protobuf bodies."),
    endpoint: endpoint.describe(
      "http:// or https:// address. With protocol http and no path, /v1/traces is appended; metrics and logs go to /v1/metrics and /v1/logs in its place.",
    ),
    compression: z.enum(["none", "gzip", "zstd"], "must be none, gzip or zstd").default("none").describe("Compression of request bodies."),
    headers: z.record(headerName, headerValue).default({}).describe("Headers sent with every request, for example an API key."),
    tls: tls.optional().describe("How an https:// endpoint is spoken to. The files are read again when they change."),
  })
  .refine(({ endpoint: url, tls: secure }) => secure === undefined || !url.startsWith("http://"), { path: ["tls"], message: "needs an https:// endpoint" })
  .refine((value) => Object.keys(value.headers).length <= HEADERS_MAX, { path: ["headers"], message: `must have at most ${HEADERS_MAX} headers` });

const archive = z.strictObject({
  kind: z.literal("archive"),
  bytesMax: z
    .int("must be a whole number of bytes")
    .min(1_048_576, "must be at least 1048576 (1 MiB)")
    .max(1e15, "must be at most 1e15")
    .default(ARCHIVE_BYTES_DEFAULT)
    .describe("Bound on disk; the oldest files are deleted to stay within it, and counted."),
});

const discard = z.strictObject({ kind: z.literal("discard") });

/** Where kept spans go. An object with an `endpoint` and no `kind` is `otlp`; nothing at all is the local archive. */
export const exportSettingsSchema = z
  .preprocess(
    (input) => (typeof input === "object" && input !== null && !("kind" in input) && "endpoint" in input ? { kind: "otlp", ...input } : input),
    z.discriminatedUnion("kind", [otlp, archive, discard], "must be otlp, archive or discard"),
  )
  .prefault({ kind: "archive" });

export type ExportSettings = z.infer<typeof otlp> | z.infer<typeof archive> | z.infer<typeof discard>;
export type OtlpExportSettings = z.infer<typeof otlp>;
