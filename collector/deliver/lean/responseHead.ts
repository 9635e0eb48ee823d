import { type Field, KIND, kindOfName, LAST_PSEUDO } from "../../http2/field.ts";
import type { AnswerFields } from "../grpcOutcome.ts";

/** Of all fields together, as HPACK counts them; backends are told (SETTINGS_MAX_HEADER_LIST_SIZE). */
export const HEADER_LIST_BYTES_MAX = 65_536;

const STATUS = /^[1-9]\d\d$/;
const SIZE = /^\d{1,15}$/;

/** The fields of one header block of an answer, checked as they come (RFC 9113, 8.2 and 8.3.2). */
export class ResponseHead {
  /** 0: not said. */
  status = 0;
  /** Undefined: not said. */
  contentLength: number | undefined;
  #isMalformed = false;
  #bytes = 0;
  #regular = 0;
  #grpcStatus: string | undefined;
  #message: string | undefined;
  #details: string | undefined;

  readonly take = ({ name, value, size, kind: given }: Field): void => {
    this.#bytes += size;
    // A value with spaces around it is taken as it is: gRPC leaves them in a grpc-message, and what was delivered must not be sent again for a header that nobody reads.
    const kind = given === KIND.malformed ? kindOfName(name) : given;
    if (kind === KIND.status) {
      if (this.status !== 0 || this.#regular > 0 || !STATUS.test(value)) this.#isMalformed = true;
      this.status = Number(value);
      return;
    }
    this.#regular++;
    if (kind === KIND.malformed || (kind !== KIND.other && kind <= LAST_PSEUDO)) this.#isMalformed = true;
    else if (kind === KIND.grpcStatus) this.#grpcStatus = joined(this.#grpcStatus, value);
    else if (kind === KIND.grpcMessage) this.#message = joined(this.#message, value);
    else if (kind === KIND.grpcDetails) this.#details = joined(this.#details, value);
    else if (kind === KIND.contentLength) {
      const length = SIZE.test(value) ? Number(value) : undefined;
      if (length === undefined || (this.contentLength !== undefined && this.contentLength !== length)) this.#isMalformed = true;
      this.contentLength = length;
    }
  };

  reset(): void {
    this.status = 0;
    this.contentLength = undefined;
    this.#isMalformed = false;
    this.#bytes = 0;
    this.#regular = 0;
    this.#grpcStatus = undefined;
    this.#message = undefined;
    this.#details = undefined;
  }

  get isTooLarge(): boolean {
    return this.#bytes > HEADER_LIST_BYTES_MAX;
  }

  get isResponse(): boolean {
    return !this.#isMalformed && this.status !== 0;
  }

  get areTrailers(): boolean {
    return !this.#isMalformed && this.status === 0;
  }

  fields(): AnswerFields {
    const fields: AnswerFields = {};
    if (this.status !== 0) fields[":status"] = this.status;
    if (this.#grpcStatus !== undefined) fields["grpc-status"] = this.#grpcStatus;
    if (this.#message !== undefined) fields["grpc-message"] = this.#message;
    if (this.#details !== undefined) fields["grpc-status-details-bin"] = this.#details;
    return fields;
  }
}

/** RFC 9110, 5.3. */
function joined(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before}, ${value}`;
}
