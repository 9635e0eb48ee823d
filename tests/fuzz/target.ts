import type { Random } from "./random.ts";

/** One way into the collector that takes bytes from strangers. */
export type FuzzTarget = {
  name: string;
  /** An input, the same for the same randomness. */
  generate(random: Random): Buffer;
  /** Throws a Finding when the collector does anything but what it should. The rest of the randomness decides with which settings it is asked; an input alone has to do for a regression. */
  check(input: Buffer, random: Random): void | Promise<void>;
};

/** What should not have been. Any other error that a target throws is one as well. */
export class Finding extends Error {
  constructor(message: string) {
    super(message);
    this.name = "Finding";
  }
}

export function ensure(is: boolean, message: () => string): void {
  if (!is) throw new Finding(message());
}
