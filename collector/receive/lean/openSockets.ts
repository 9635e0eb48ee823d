import type { Socket } from "node:net";

/** The sockets that a server has open, with what serves each. */
export class OpenSockets<Served extends { drain(): void }> {
  readonly #served = new Map<Socket, Served>();
  #allClosed = () => {};

  get size(): number {
    return this.#served.size;
  }

  get served(): Iterable<Served> {
    return this.#served.values();
  }

  add(socket: Socket, served: Served): void {
    this.#served.set(socket, served);
  }

  delete(socket: Socket): void {
    this.#served.delete(socket);
    if (this.size === 0) this.#allClosed();
  }

  /** Asks each to go, and resolves once all are closed; what is left at the deadline is cut. */
  async drain(deadlineMs: number): Promise<void> {
    for (const served of this.served) served.drain();
    if (this.size === 0) return;
    const closed = new Promise<void>((resolve) => {
      this.#allClosed = resolve;
    });
    const timer = setTimeout(() => {
      for (const socket of this.#served.keys()) socket.destroy();
    }, deadlineMs);
    await closed;
    clearTimeout(timer);
  }
}
