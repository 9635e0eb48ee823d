import { createHash, timingSafeEqual } from "node:crypto";
import type { AuthSettings } from "#domain/pipeline/receivers.ts";
import type { Clock } from "../clock.ts";
import { WatchedFiles } from "./watchedFiles.ts";

const TOKEN_BYTES_MIN = 8;

/** Who may send: whoever carries one of the tokens (RFC 6750, `authorization: Bearer …`). */
export class BearerTokens {
  readonly #files: WatchedFiles<Buffer[]>;

  /** Rejects with which file can't be used, and why. */
  static async open(settings: AuthSettings, intervalMs: number, clock: Clock, failed: (message: string) => void): Promise<BearerTokens> {
    const { bearerTokens } = settings;
    const files = await WatchedFiles.open({
      files: bearerTokens.map(({ tokenFile }) => tokenFile),
      parse: (contents) => contents.map((content, at) => digestOf(content, bearerTokens[at].tokenFile)),
      ...{ clock, intervalMs, failed },
    });
    return new BearerTokens(files);
  }

  private constructor(files: WatchedFiles<Buffer[]>) {
    this.#files = files;
  }

  get figures(): WatchedFiles<Buffer[]>["figures"] {
    return this.#files.figures;
  }

  /** Every token is compared, and digests of equal length at that, so that the time taken tells nothing of them. */
  allow(authorization: string | undefined): boolean {
    const given = /^bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
    if (given === undefined) return false;
    const digest = sha256(given);
    let isKnown = false;
    for (const known of this.#files.value) if (timingSafeEqual(known, digest)) isKnown = true;
    return isKnown;
  }

  look(): Promise<void> {
    return this.#files.look();
  }

  stop(): void {
    this.#files.stop();
  }
}

function digestOf(content: Buffer, file: string): Buffer {
  const token = content.toString("utf8").trim();
  if (!/^[\x21-\x7e]+$/.test(token)) throw new Error(`${file} must hold one token of printable characters and nothing else`);
  if (token.length < TOKEN_BYTES_MIN) throw new Error(`the token in ${file} has fewer than ${TOKEN_BYTES_MIN} characters`);
  return sha256(token);
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
