/** What a header field is to whoever takes or makes gRPC calls. */
export const KIND = {
  other: 0,
  method: 1,
  path: 2,
  scheme: 3,
  authority: 4,
  contentType: 5,
  encoding: 6,
  authorization: 7,
  sample: 8,
  contentLength: 9,
  te: 10,
  /** No field of HTTP/2: what has it is malformed. */
  malformed: 11,
  status: 12,
  grpcStatus: 13,
  grpcMessage: 14,
  grpcDetails: 15,
} as const;
export type Kind = (typeof KIND)[keyof typeof KIND];

/** Of the pseudo-header fields of a request. */
export const LAST_PSEUDO = KIND.authority;

/** `size`: as HPACK and SETTINGS_MAX_HEADER_LIST_SIZE count it (RFC 7541, 4.1). */
export type Field = { readonly name: string; readonly value: string; readonly size: number; readonly kind: Kind };

const ENTRY_OVERHEAD = 32;

const KINDS = new Map<string, Kind>([
  [":method", KIND.method],
  [":path", KIND.path],
  [":scheme", KIND.scheme],
  [":authority", KIND.authority],
  ["content-type", KIND.contentType],
  ["grpc-encoding", KIND.encoding],
  ["authorization", KIND.authorization],
  ["x-headgate-sample", KIND.sample],
  ["content-length", KIND.contentLength],
  ["te", KIND.te],
  [":status", KIND.status],
  ["grpc-status", KIND.grpcStatus],
  ["grpc-message", KIND.grpcMessage],
  ["grpc-status-details-bin", KIND.grpcDetails],
  // Of a connection in HTTP/1.1 (RFC 9113, 8.2.2).
  ["connection", KIND.malformed],
  ["proxy-connection", KIND.malformed],
  ["keep-alive", KIND.malformed],
  ["transfer-encoding", KIND.malformed],
  ["upgrade", KIND.malformed],
]);

/** RFC 9110, 5.1, in lower case (RFC 9113, 8.2.1). */
const NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const BAD_VALUE = /[\0\r\n]|^[ \t]|[ \t]$/;

export function field(name: string, value: string): Field {
  return { name, value, size: name.length + value.length + ENTRY_OVERHEAD, kind: kindOf(name, value) };
}

function kindOf(name: string, value: string): Kind {
  if (BAD_VALUE.test(value)) return KIND.malformed;
  const kind = kindOfName(name);
  return kind === KIND.te && value !== "trailers" ? KIND.malformed : kind;
}

/** Whatever its value is. */
export function kindOfName(name: string): Kind {
  return KINDS.get(name) ?? (NAME.test(name) ? KIND.other : KIND.malformed);
}
