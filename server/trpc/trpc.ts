import { initTRPC } from "@trpc/server";
import { toAppError } from "../errors/appError.ts";
import type { ServiceContext } from "../services/context.ts";
import { toTrpcError } from "./toTrpcError.ts";

/** `report` is told of what was not foreseen; the browser is told nothing but that it happened. */
export type TrpcContext = ServiceContext & { report: (error: unknown, path: string) => void };

const trpc = initTRPC.context<TrpcContext>().create({
  sse: { ping: { enabled: true, intervalMs: 10_000 }, client: { reconnectAfterInactivityMs: 25_000 } },
  errorFormatter({ shape, error }) {
    const { stack: _, ...data } = shape.data;
    const known = error.code === "INTERNAL_SERVER_ERROR" || error.cause ? toAppError(error.cause ?? error) : null;
    return {
      ...shape,
      message: known?.message ?? shape.message,
      data: { ...data, appCode: known?.code ?? null, problems: known?.problems, conflict: known?.conflict },
    };
  },
});

export const router = trpc.router;

/** Every procedure goes through here: what a service throws becomes an answer with the right status, and is reported when it was not foreseen. */
export const procedure = trpc.procedure.use(async ({ ctx, path, next }) => {
  const result = await next();
  if (result.ok) return result;
  const cause = result.error.cause ?? result.error;
  if (result.error.code !== "INTERNAL_SERVER_ERROR") return result;
  if (toAppError(cause).code === "INTERNAL") ctx.report(cause, path);
  throw toTrpcError(cause);
});

/** The type of an input whose check is the service's, after it has asked for the role. */
export function untrusted<Input>() {
  return (input: unknown) => input as Input;
}
