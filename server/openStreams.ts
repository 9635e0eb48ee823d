import type { IncomingMessage, ServerResponse } from "node:http";

type IsSignedIn = (req: IncomingMessage) => Promise<boolean>;

/** Subscriptions outlive the check at their start; this ends those whose session has ended since. */
export class OpenStreams {
  readonly #open = new Map<ServerResponse, IncomingMessage>();

  add(req: IncomingMessage, res: ServerResponse): void {
    this.#open.set(res, req);
    res.once("close", () => this.#open.delete(res));
  }

  async recheck(isSignedIn: IsSignedIn): Promise<void> {
    for (const [res, req] of [...this.#open]) if (!(await isSignedIn(req))) res.destroy();
  }
}
