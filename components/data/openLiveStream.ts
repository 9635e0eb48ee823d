import type { TRPCClient } from "@trpc/client";
import type { AppRouter } from "#server/trpc/appRouter.ts";
import type { OpenStream } from "./liveStore.ts";

/** The live store's stream over tRPC's server-sent events. EventSource's own silent retry is cut short, so the store alone decides when to try again. */
export function openLiveStream(client: TRPCClient<AppRouter>): OpenStream {
  return (topics, { onOpen, onEvent, onFail }) => {
    const subscription = client.live.events.subscribe(
      { topics },
      {
        onStarted: onOpen,
        onData: onEvent,
        onError: onFail,
        onComplete: () => onFail(new Error("the server ended the live connection")),
        onConnectionStateChange: (change) => {
          if (change.state === "connecting" && change.error) onFail(change.error);
        },
      },
    );
    return () => subscription.unsubscribe();
  };
}
