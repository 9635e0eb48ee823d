/** Something outside of the program stands in the way of starting: said in one line, exit code 2, no stack. */
export class StartError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "StartError";
  }
}
