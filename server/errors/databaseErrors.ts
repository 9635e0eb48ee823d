const DOWN_CODES = new Set([
  "P1000",
  "P1001",
  "P1002",
  "P1003",
  "P1008",
  "P1017",
  "P2024",
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOENT",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "57P01",
  "57P02",
  "57P03",
  "08000",
  "08001",
  "08003",
  "08006",
  "53300",
]);
const DOWN_KINDS = new Set(["DatabaseNotReachable", "ConnectionClosed", "SocketTimeout", "TooManyConnections", "DatabaseDoesNotExist"]);
const DOWN_MESSAGES = [
  "Connection terminated",
  "Client has encountered a connection error",
  "timeout exceeded when trying to connect",
  "Cannot use a pool after",
  "Unable to start a transaction in the given time",
];

type Shape = { code?: unknown; kind?: unknown; message?: unknown; cause?: unknown; meta?: { driverAdapterError?: unknown } };

/** True when `error`, or what caused it, says that Postgres can't be reached or is shutting down (not that a statement was wrong). */
export function isDatabaseDown(error: unknown): boolean {
  return someCause(error, (shape) => {
    if (typeof shape.code === "string" && DOWN_CODES.has(shape.code)) return true;
    if (typeof shape.kind === "string" && DOWN_KINDS.has(shape.kind)) return true;
    const { message } = shape;
    return typeof message === "string" && DOWN_MESSAGES.some((part) => message.includes(part));
  });
}

export function isUniqueViolation(error: unknown): boolean {
  return someCause(error, (shape) => shape.code === "P2002" || shape.code === "23505" || shape.kind === "UniqueConstraintViolation");
}

function someCause(error: unknown, matches: (shape: Shape) => boolean, levels = 6): boolean {
  if (typeof error !== "object" || error === null || levels === 0) return false;
  const shape = error as Shape;
  return matches(shape) || someCause(shape.cause, matches, levels - 1) || someCause(shape.meta?.driverAdapterError, matches, levels - 1);
}
