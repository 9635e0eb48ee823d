/** Where a connection to a backend writes. */
export type ClientTransport = {
  /** What is written between the two goes out as one. */
  cork(): void;
  uncork(): void;
  /** The bytes stay as they are until `unsentBytes` says that they have gone, or `destroy` was called. */
  write(bytes: Buffer): void;
  readonly unsentBytes: number;
  /** Nothing more is written or read, once what was written has gone. */
  end(): void;
  /** At once: what has not gone is not looked at any more. */
  destroy(): void;
};
