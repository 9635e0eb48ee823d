"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { describeError } from "../data/describeError.ts";
import { useTRPC } from "../data/trpc.ts";
import { useMayDo } from "../data/useMe.ts";
import { Button } from "../ui/Button.tsx";
import { Note } from "../ui/Note.tsx";
import { toast } from "../ui/toast.ts";

export function SampleTrafficOffer({ collectors }: { collectors: number }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const mayEdit = useMayDo("editFleet");
  const start = useMutation(
    trpc.sampleTraffic.start.mutationOptions({
      onSuccess: ({ targets }) => {
        toast.ok("Sample traffic runs", { description: targets === 1 ? "It goes to one collector." : `It goes to ${targets} collectors.` });
        void queries.invalidateQueries(trpc.overview.firstRun.queryFilter());
      },
      onError: (error) => toast.error(describeError(error).message),
    }),
  );
  return (
    <Note
      action={
        <Button onClick={() => start.mutate()} busy={start.isPending} disabled={!mayEdit || collectors === 0}>
          Start sample traffic
        </Button>
      }
    >
      <b>Nothing at hand to trace?</b>{" "}
      <span className="text-ink-2">
        A small shop of 12 services sends 2,000 spans/s through {collectors > 1 ? "these collectors" : "this collector"}. Everything it makes is marked “sample”
        and can be stopped at once.
        {!mayEdit && " Your role is viewer; an editor may start it."}
      </span>
    </Note>
  );
}
