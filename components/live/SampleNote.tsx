"use client";

import { useMutation } from "@tanstack/react-query";
import { describeError } from "../data/describeError.ts";
import { useTRPC } from "../data/trpc.ts";
import { useLiveTopic } from "../data/useLive.ts";
import { useMayDo } from "../data/useMe.ts";
import { formatPercent } from "../format/formatNumber.ts";
import { Button } from "../ui/Button.tsx";
import { SampleChip } from "../ui/Chip.tsx";
import { Note } from "../ui/Note.tsx";
import { toast } from "../ui/toast.ts";

/** Stands above figures while sample traffic has part in them, with the button that ends it. */
export function SampleNote() {
  const trpc = useTRPC();
  const mayEdit = useMayDo("editFleet");
  const fleet = useLiveTopic({ kind: "fleet" })?.event;
  const stop = useMutation(
    trpc.sampleTraffic.stop.mutationOptions({
      onSuccess: () => toast.ok("Sample traffic stopped"),
      onError: (error) => toast.error(describeError(error).message),
    }),
  );
  if (fleet === undefined) return null;
  const share = fleet.point.receivedPerS > 0 ? fleet.point.sampleShare : 0;
  const running = fleet.sampleTraffic === "running";
  if (!running && share <= 0) return null;
  return (
    <Note
      role="status"
      className="mb-3"
      action={
        running &&
        mayEdit && (
          <Button onClick={() => stop.mutate()} busy={stop.isPending}>
            Stop sample traffic
          </Button>
        )
      }
    >
      <SampleChip /> <b>Sample traffic {running ? "runs" : "is ending"}.</b>{" "}
      <span className="text-ink-2">
        {share > 0
          ? `${share > 0.995 ? "All" : formatPercent(share)} of what comes in is made up by a small shop of 12 services; figures and costs include it.`
          : "Its first spans are on their way."}
      </span>
    </Note>
  );
}
