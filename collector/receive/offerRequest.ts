import type { Signal } from "#domain/pipeline/signals.ts";
import type { ReceiverSecurity } from "../security/receiverSecurity.ts";
import type { OtlpSignal } from "../signals/otlpPaths.ts";
import type { Admission } from "./admission.ts";
import type { AboutRequest, Answer, Intake } from "./answer.ts";
import type { BodyPool } from "./bodyPool.ts";
import type { Client } from "./client.ts";

/** Said to whoever sends without a token that is known. */
export const NO_TOKEN = "the request carries no token that this collector knows; send it as `authorization: Bearer <token>`";

/** Where requests of one signal go, and who lets them in. */
export type Entrance = { intake: Intake; admission: Admission };

/** `intake` and `admission` are those of traces. */
export type ReceiverParts = Entrance & {
  /** Undefined: traces alone are received. */
  signals?: Record<Signal, Entrance>;
  pool: BodyPool;
  requestTimeoutMs: number;
  security: ReceiverSecurity;
  /** Other threads listen on the same port. */
  reusePort?: boolean;
  /** For the delays that clients are told. */
  random?: () => number;
};

/** The same with the entrance of each signal that is received. */
export function partsBySignal(parts: ReceiverParts): Partial<Record<OtlpSignal, ReceiverParts>> {
  const { signals } = parts;
  if (signals === undefined) return { traces: parts };
  return { traces: parts, metrics: { ...parts, ...signals.metrics }, logs: { ...parts, ...signals.logs } };
}

/** Hands bytes[start, end), a request as protobuf, on if its client's share allows it. They are free when this returns; every refusal is counted. */
export function offerRequest(
  { intake, admission }: Pick<ReceiverParts, "intake" | "admission">,
  client: Client,
  bytes: Buffer,
  start: number,
  end: number,
  about: AboutRequest,
): Answer | Promise<Answer> {
  const beyondShare = admission.mayTakeIn(client, end - start);
  if (beyondShare !== undefined) {
    intake.refused(beyondShare.reason);
    return beyondShare;
  }
  const answer = intake.accept(bytes, start, end, about);
  if (answer instanceof Promise || answer.ok) admission.tookIn(end - start);
  return answer;
}
