/** Something that whoever called the command can put right: said in one line each, exit code 1, no stack. */
export class CommandError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "CommandError";
  }
}
