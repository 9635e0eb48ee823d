/**
 * What a faulty backend does with a call. `delayMs` comes first, once the request has arrived. `keeps` says whether it has stored the spans although the client does not
 * hear of it, which is what makes duplicates when the client tries again.
 */
export type Behaviour = { delayMs?: number } & (
  | { kind: "ok" }
  /** A gRPC status, with RetryInfo when a delay is given; over HTTP it is 503 with Retry-After. */
  | { kind: "grpc"; code: number; retryAfterMs?: number }
  /** An HTTP status, with Retry-After as seconds or as a date; over gRPC it comes as from a proxy, without grpc-status. */
  | { kind: "http"; status: number; retryAfter?: number | Date }
  | { kind: "partial"; rejectedSpans: number }
  | { kind: "close"; when: "duringRequest" | "beforeAnswer" | "halfAnswer"; keeps?: boolean }
  /** RST_STREAM with this HTTP/2 error code (2, INTERNAL_ERROR); HTTP/1.1 has no streams, so its socket is reset. */
  | { kind: "resetStream"; code?: number; keeps?: boolean }
  /** Takes the spans, answers, and lets no further request onto the connection: GOAWAY, or Connection: close. */
  | { kind: "goAway" }
  /** Takes the bytes and never answers. */
  | { kind: "hang"; keeps?: boolean }
  /** gRPC: random bytes without a status. HTTP: bytes that are no HTTP. */
  | { kind: "garbage" }
);

export type BackendCall = {
  protocol: "grpc" | "http";
  /** When its headers arrived, and when it was answered or cut off, on performance.now(); the latter NaN while it is open. */
  atMs: number;
  endedMs: number;
  /** Calls that were open when it arrived, itself included. */
  concurrency: number;
  /** The kind of what was done with it; `malformed` for a body that was no request, `aborted` when the client was gone first. */
  outcome: Behaviour["kind"] | "malformed" | "aborted" | "open";
  spans: number;
};

/** Whether the spans of a call that was treated so are stored. */
export function storesSpans(behaviour: Behaviour): boolean {
  switch (behaviour.kind) {
    case "ok":
    case "partial":
    case "goAway":
      return true;
    case "close":
      return behaviour.keeps ?? behaviour.when !== "duringRequest";
    case "resetStream":
    case "hang":
      return behaviour.keeps ?? false;
    case "grpc":
    case "http":
    case "garbage":
      return false;
  }
}
