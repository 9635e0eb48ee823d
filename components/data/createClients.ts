import { QueryCache, QueryClient } from "@tanstack/react-query";
import { createTRPCClient, httpBatchLink, httpLink, httpSubscriptionLink, splitLink } from "@trpc/client";
import type { AppRouter } from "#server/trpc/appRouter.ts";
import { describeError } from "./describeError.ts";

export function createApiClient() {
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (operation) => operation.type === "subscription",
        true: httpSubscriptionLink({ url: "/trpc" }),
        // Long batches would hold quick answers back behind slow ones and outgrow a URL; what is slow by nature goes alone.
        false: splitLink({
          condition: (operation) => operation.context.skipBatch === true,
          true: httpLink({ url: "/trpc" }),
          false: httpBatchLink({ url: "/trpc", maxItems: 8, maxURLLength: 4000 }),
        }),
      }),
    ],
  });
}

/** `onUnauthorized` is told when an answer says that the session is over. */
export function createQueryClient(onUnauthorized: (client: QueryClient) => void): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (describeError(error).code === "UNAUTHENTICATED") onUnauthorized(client);
      },
    }),
    defaultOptions: {
      queries: {
        // `changed` events invalidate what changed, so nothing needs to be asked again for its age alone.
        staleTime: 30_000,
        refetchOnWindowFocus: true,
        retry: (failures, error) => failures < 2 && describeError(error).temporary,
        retryDelay: (attempt) => Math.min(4000, 400 * 2 ** attempt),
      },
      mutations: { retry: false },
    },
  });
  return client;
}
