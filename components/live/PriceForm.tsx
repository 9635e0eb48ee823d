"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { describeError } from "../data/describeError.ts";
import { useTRPC } from "../data/trpc.ts";
import { useMayDo } from "../data/useMe.ts";
import { formatDate } from "../format/formatDuration.ts";
import { parseUsd } from "../format/formatMoney.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { Input } from "../ui/Input.tsx";
import { Skeleton } from "../ui/Skeleton.tsx";
import { toast } from "../ui/toast.ts";

export function PriceForm({ onDone }: { onDone: () => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const mayEdit = useMayDo("setPrice");
  const { data } = useQuery(trpc.prices.get.queryOptions());
  const [draft, setDraft] = useState<{ gb?: string; hour?: string }>({});
  const save = useMutation(
    trpc.prices.set.mutationOptions({
      onSuccess: () => {
        void queries.invalidateQueries(trpc.prices.get.queryFilter());
        toast.ok("Prices saved");
        onDone();
      },
    }),
  );
  if (data === undefined) return <Skeleton className="h-[150px] w-full" />;

  const gbText = draft.gb ?? plainUsd(data.microUsdPerGbKept);
  const hourText = draft.hour ?? plainUsd(data.microUsdPerCollectorHour);
  const gb = parseUsd(gbText);
  const hour = parseUsd(hourText);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (gb !== null && hour !== null) save.mutate({ microUsdPerGbKept: gb, microUsdPerCollectorHour: hour });
  };
  const wrong = "A price in dollars, 0 or more, for example 0.50";
  return (
    <form onSubmit={submit} className="flex flex-col gap-3">
      <Field label="Per GB kept" error={gb === null ? wrong : undefined}>
        {(control) => (
          <Input
            {...control}
            numeric
            prefix="$"
            suffix="/GB"
            inputMode="decimal"
            value={gbText}
            disabled={!mayEdit}
            onChange={(event) => setDraft({ ...draft, gb: event.target.value })}
          />
        )}
      </Field>
      <Field label="Per collector and hour" error={hour === null ? wrong : undefined}>
        {(control) => (
          <Input
            {...control}
            numeric
            prefix="$"
            suffix="/h"
            inputMode="decimal"
            value={hourText}
            disabled={!mayEdit}
            onChange={(event) => setDraft({ ...draft, hour: event.target.value })}
          />
        )}
      </Field>
      <p className="text-s text-ink-3">
        Cost now = bytes kept × price + collectors × price. Without sampling = bytes received × price, no collectors.
        {data.updatedAtMs !== null && data.updatedBy !== null && ` Set by ${data.updatedBy}, ${formatDate(data.updatedAtMs)}.`}
      </p>
      {save.isError && (
        <p role="alert" className="text-s text-bad">
          {describeError(save.error).message}
        </p>
      )}
      {mayEdit ? (
        <Button type="submit" variant="primary" busy={save.isPending} disabled={gb === null || hour === null} className="self-end">
          Save prices
        </Button>
      ) : (
        <p className="text-s text-ink-2">Your role is viewer; an editor may change prices.</p>
      )}
    </form>
  );
}

function plainUsd(microUsd: number): string {
  const text = (microUsd / 1e6).toFixed(6).replace(/0+$/, "");
  return text.endsWith(".") ? `${text}00` : text.replace(/\.(\d)$/, ".$10");
}
