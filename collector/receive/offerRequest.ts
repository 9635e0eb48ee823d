import type { ReceiverSecurity } from "../security/receiverSecurity.ts";
import type { Admission } from "./admission.ts";
import type { AboutRequest, Answer, Intake } from "./answer.ts";
import type { BodyPool } from "./bodyPool.ts";
import type { Client } from "./client.ts";

/** Said to whoever sends without a token that is known. */
export const NO_TOKEN = "the request carries no token that this collector knows; send it as `authorization: Bearer <token>`";

export type ReceiverParts = {
  intake: Intake;
  admission: Admission;
  pool: BodyPool;
  requestTimeoutMs: number;
  security: ReceiverSecurity;
  /** Other threads listen on the same port. */
  reusePort?: boolean;
  /** For the delays that clients are told. */
  random?: () => number;
};

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
