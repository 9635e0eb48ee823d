import type { IncomingMessage, ServerResponse } from "node:http";
import { nodeHTTPRequestHandler } from "@trpc/server/adapters/node-http";
import { appRouter } from "./appRouter.ts";
import { toTrpcError } from "./toTrpcError.ts";
import type { TrpcContext } from "./trpc.ts";

const BODY_BYTES_MAX = 1_000_000;
const MOUNTED_AT = "/trpc/";

/** `createContext` says who is calling; what it throws is the answer. */
export function createTrpcHandler(createContext: (req: IncomingMessage) => Promise<TrpcContext>) {
  return async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    await nodeHTTPRequestHandler({
      req,
      res,
      router: appRouter,
      path: (req.url ?? "").split("?", 1)[0].slice(MOUNTED_AT.length),
      maxBodySize: BODY_BYTES_MAX,
      createContext: async () => {
        try {
          return await createContext(req);
        } catch (error) {
          throw toTrpcError(error);
        }
      },
    });
  };
}
