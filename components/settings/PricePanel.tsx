"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { describeError } from "#components/data/describeError.ts";
import { QueryView } from "#components/data/QueryView.tsx";
import { useTRPC } from "#components/data/trpc.ts";
import { useMayDo } from "#components/data/useMe.ts";
import { formatDate } from "#components/format/formatDuration.ts";
import { Button } from "#components/ui/Button.tsx";
import { Field } from "#components/ui/Field.tsx";
import { Input } from "#components/ui/Input.tsx";
import { Note } from "#components/ui/Note.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import { toast } from "#components/ui/toast.ts";
import { type LivePrice, livePriceSchema } from "#domain/cost/livePrice.ts";
import { parseOrProblems } from "#domain/validation/problems.ts";
import { exactUsd, parseMicroUsd } from "./money.ts";

/** The two prices behind every cost on screen. */
export function PricePanel() {
  const trpc = useTRPC();
  const prices = useQuery(trpc.prices.get.queryOptions());
  return (
    <Panel title="Price" aside={<span className="text-s text-ink-3">what cost per hour is computed from</span>}>
      <QueryView query={prices} what="The price" skeleton={<Skeleton className="h-[90px] w-full" />}>
        {(data) => <PriceForm key={`${data.microUsdPerGbKept} ${data.microUsdPerCollectorHour}`} price={data} />}
      </QueryView>
    </Panel>
  );
}

function PriceForm({ price }: { price: LivePrice & { updatedAtMs: number | null; updatedBy: string | null } }) {
  const trpc = useTRPC();
  const mayEdit = useMayDo("setPrice");
  const [perGb, setPerGb] = useState(exactUsd(price.microUsdPerGbKept));
  const [perHour, setPerHour] = useState(exactUsd(price.microUsdPerCollectorHour));
  const set = useMutation(trpc.prices.set.mutationOptions({ onSuccess: () => toast.ok("The price is changed. Costs on screen follow within a second.") }));
  const gb = parseMicroUsd(perGb);
  const hour = parseMicroUsd(perHour);
  const next = { microUsdPerGbKept: gb.ok ? gb.microUsd : Number.NaN, microUsdPerCollectorHour: hour.ok ? hour.microUsd : Number.NaN };
  const parsed = parseOrProblems(livePriceSchema, next);
  const problemAt = (path: keyof LivePrice) =>
    parsed.ok ? undefined : parsed.problems.find((problem) => problem.path === path)?.message.replace(/, got .*/, "");
  const changed = next.microUsdPerGbKept !== price.microUsdPerGbKept || next.microUsdPerCollectorHour !== price.microUsdPerCollectorHour;
  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (parsed.ok && changed) set.mutate(parsed.value);
      }}
    >
      <div className="flex flex-wrap gap-4">
        <Field label="Per GB kept" hint="1 GB = 1,000,000,000 bytes" error={gb.ok ? problemAt("microUsdPerGbKept") : gb.message} className="w-[220px]">
          {(control) => (
            <Input {...control} numeric inputMode="decimal" prefix="$" readOnly={!mayEdit} value={perGb} onChange={(event) => setPerGb(event.target.value)} />
          )}
        </Field>
        <Field
          label="Per collector and hour"
          hint="what the machine under it costs"
          error={hour.ok ? problemAt("microUsdPerCollectorHour") : hour.message}
          className="w-[220px]"
        >
          {(control) => (
            <Input
              {...control}
              numeric
              inputMode="decimal"
              prefix="$"
              readOnly={!mayEdit}
              value={perHour}
              onChange={(event) => setPerHour(event.target.value)}
            />
          )}
        </Field>
      </div>
      <p className="text-s text-ink-3">
        Kept to a millionth of a dollar.{" "}
        {price.updatedAtMs === null
          ? "These are the starting values."
          : `Last changed ${formatDate(price.updatedAtMs)}${price.updatedBy === null ? "" : ` by ${price.updatedBy}`}.`}
      </p>
      {set.isError && (
        <Note tone="bad" role="alert">
          Not saved. {describeError(set.error).message}
        </Note>
      )}
      {mayEdit ? (
        <div>
          <Button type="submit" variant="primary" busy={set.isPending} disabled={!changed || !parsed.ok}>
            Save the price
          </Button>
        </div>
      ) : (
        <p className="text-s text-ink-3">Read-only: changing the price needs the role editor.</p>
      )}
    </form>
  );
}
