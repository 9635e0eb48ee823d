import { type Field, KIND, LAST_PSEUDO } from "../../http2/field.ts";
import type { GrpcHead } from "../grpcEngine.ts";

/** Of all fields together, as HPACK counts them; clients are told (SETTINGS_MAX_HEADER_LIST_SIZE). */
export const HEADER_LIST_BYTES_MAX = 16_384;

const SIZE = /^\d{1,15}$/;

/** The fields of one header block, checked as they come (RFC 9113, 8.2 and 8.3.1). */
export class RequestHead {
  isMalformed = false;
  method = "";
  /** Undefined: not said. */
  contentLength: number | undefined;
  #bytes = 0;
  #seen = 0;
  #count = 0;
  #pseudos = 0;
  #path = "";
  #scheme = "";
  #contentType = "";
  #encoding = "";
  #authorization: string | undefined;
  #isSample = false;

  readonly take = ({ kind, value, size }: Field): void => {
    this.#bytes += size;
    this.#count++;
    if (kind === KIND.other) return;
    if (kind === KIND.malformed || kind === KIND.status) {
      this.isMalformed = true;
      return;
    }
    if (kind <= LAST_PSEUDO) {
      // Pseudo-header fields come first, each once.
      if ((this.#seen & (1 << kind)) !== 0 || this.#pseudos !== this.#count - 1) this.isMalformed = true;
      this.#pseudos++;
    }
    this.#seen |= 1 << kind;
    switch (kind) {
      case KIND.method:
        this.method = value;
        break;
      case KIND.path:
        this.#path = value;
        break;
      case KIND.scheme:
        this.#scheme = value;
        break;
      case KIND.contentType:
        this.#contentType = value;
        break;
      case KIND.encoding:
        this.#encoding = value;
        break;
      case KIND.authorization:
        this.#authorization = value;
        break;
      case KIND.sample:
        this.#isSample = value === "1";
        break;
      case KIND.contentLength: {
        const length = SIZE.test(value) ? Number(value) : undefined;
        if (length === undefined || (this.contentLength !== undefined && this.contentLength !== length)) this.isMalformed = true;
        this.contentLength = length;
        break;
      }
    }
  };

  reset(): void {
    this.isMalformed = false;
    this.method = "";
    this.contentLength = undefined;
    this.#bytes = 0;
    this.#seen = 0;
    this.#count = 0;
    this.#pseudos = 0;
    this.#path = "";
    this.#scheme = "";
    this.#contentType = "";
    this.#encoding = "";
    this.#authorization = undefined;
    this.#isSample = false;
  }

  get isTooLarge(): boolean {
    return this.#bytes > HEADER_LIST_BYTES_MAX;
  }

  /** Of a request; the block after its body has no pseudo-header fields. */
  get isRequest(): boolean {
    return !this.isMalformed && this.method !== "" && this.#path !== "" && this.#scheme !== "";
  }

  get areTrailers(): boolean {
    return !this.isMalformed && this.#pseudos === 0;
  }

  head(): GrpcHead {
    return {
      method: this.method,
      path: this.#path,
      contentType: this.#contentType,
      encoding: this.#encoding,
      authorization: this.#authorization,
      isSample: this.#isSample,
    };
  }
}
