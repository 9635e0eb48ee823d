"use client";

import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { BREAK_GLASS_PRESETS } from "#domain/fleet/breakGlass.ts";
import type { Condition } from "#domain/sampling/condition.ts";
import { describeError } from "../data/describeError.ts";
import { useTRPC } from "../data/trpc.ts";
import { formatClock } from "../format/formatDuration.ts";
import { ConfirmDialog } from "../ui/ConfirmDialog.tsx";
import { Field } from "../ui/Field.tsx";
import { Input } from "../ui/Input.tsx";
import { Note } from "../ui/Note.tsx";
import { Segmented } from "../ui/Segmented.tsx";
import { Select } from "../ui/Select.tsx";
import { toast } from "../ui/toast.ts";
import { estimateInWords } from "./breakGlassWords.ts";

const KINDS = [
  { value: "service", label: "a service" },
  { value: "endpoint", label: "an endpoint" },
  { value: "attribute", label: "an attribute" },
  { value: "always", label: "everything" },
] as const;
type Kind = (typeof KINDS)[number]["value"];
const NAMES = { service: "Service", endpoint: "Endpoint", attribute: "Attribute" } as const;
const HINTS = {
  service: "its exact name, as service.name says",
  endpoint: "span name or route that begins so, for example GET /api/pay",
  attribute: "key=value, of the span",
} as const;
const DURATIONS = BREAK_GLASS_PRESETS.map((minutes) => ({ value: String(minutes), label: `${minutes} minutes` }));

type Props = { service: string; selector: string; onClose: () => void };

/** One confirmed click away: what, for how long, why; what it would cost is said before. */
export function StartBreakGlassDialog({ service, selector: given, onClose }: Props) {
  const trpc = useTRPC();
  const [kind, setKind] = useState<Kind>(service === "" && given !== "" ? "always" : "service");
  const [value, setValue] = useState(service);
  const [selector, setSelector] = useState(given);
  const [minutes, setMinutes] = useState("30");
  const [reason, setReason] = useState("");
  const condition = conditionOf(kind, value.trim());
  const wanted = { condition: condition ?? { kind: "always" as const }, selector: selector.trim(), minutes: Number(minutes) };
  const preview = useQuery(trpc.breakGlass.preview.queryOptions(wanted, { enabled: condition !== null, placeholderData: keepPreviousData, retry: false }));
  const start = useMutation(
    trpc.breakGlass.start.mutationOptions({
      onSuccess: ({ endsAtMs }) => {
        toast.ok(`Kept in full until ${formatClock(endsAtMs)}. It ends by itself.`);
        onClose();
      },
    }),
  );
  const failure = start.isError ? describeError(start.error) : preview.isError ? describeError(preview.error) : null;
  const problemAt = (path: string) => failure?.problems.find((problem) => problem.path.split(/[.[]/)[0] === path)?.message;
  const placed = ["selector", "reason", "condition"].some((path) => problemAt(path) !== undefined);
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title="Break glass: keep everything for a while"
      description="Whatever the policies say, until the time is over. It ends by itself, and every page shows it meanwhile."
      confirmLabel={`Keep everything for ${minutes} minutes`}
      danger
      busy={start.isPending}
      disabled={condition === null || reason.trim() === ""}
      onConfirm={() => condition !== null && start.mutate({ ...wanted, condition, reason: reason.trim() })}
    >
      <div className="flex flex-col gap-3">
        <div className="flex flex-wrap gap-3">
          <Field label="Of" className="w-[150px]">
            {({ invalid: _, ...control }) => <Select {...control} value={kind} onValueChange={setKind} options={KINDS} />}
          </Field>
          {kind !== "always" && (
            <Field label={NAMES[kind]} hint={HINTS[kind]} error={problemAt("condition")} className="min-w-0 flex-1 basis-[220px]">
              {(control) => <Input {...control} mono value={value} onChange={(event) => setValue(event.target.value)} />}
            </Field>
          )}
        </div>
        <Field label="Only on collectors with" optional hint="labels, for example env=prod,region=eu; empty: all collectors" error={problemAt("selector")}>
          {(control) => <Input {...control} mono value={selector} onChange={(event) => setSelector(event.target.value)} />}
        </Field>
        <div className="flex flex-col gap-1">
          <span className="font-[550]">For</span>
          <Segmented aria-label="For how long" value={minutes} onValueChange={setMinutes} options={DURATIONS} />
        </div>
        <Field label="Why" hint="everybody sees it, and the audit keeps it" error={problemAt("reason")}>
          {(control) => <Input {...control} value={reason} onChange={(event) => setReason(event.target.value)} placeholder="Checkout is failing, INC-1234" />}
        </Field>
        {condition !== null && preview.data && (
          <Note tone="info" role="status">
            <span data-slot="break-glass-cost">
              {estimateInWords(preview.data.estimate, wanted.minutes)} {reach(preview.data.collectors)}
            </span>
          </Note>
        )}
        {failure !== null && !placed && (
          <Note tone="bad" role="alert">
            Nothing was started. {failure.message}
          </Note>
        )}
      </div>
    </ConfirmDialog>
  );
}

function reach(collectors: number): string {
  if (collectors === 0) return "No connected collector has these labels.";
  return `It reaches ${collectors} connected ${collectors === 1 ? "collector" : "collectors"}.`;
}

/** Null as long as something is missing. */
function conditionOf(kind: Kind, value: string): Condition | null {
  if (kind === "always") return { kind: "always" };
  if (value === "") return null;
  if (kind === "service") return { kind: "service", match: "exact", values: [value] };
  if (kind === "endpoint") return { kind: "endpoint", match: "prefix", values: [value] };
  const at = value.indexOf("=");
  return at < 1 ? null : { kind: "attribute", key: value.slice(0, at).trim(), in: "span", op: "equals", value: value.slice(at + 1).trim() };
}
