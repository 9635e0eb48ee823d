"use client";

import { Input } from "#components/ui/Input.tsx";
import { Segmented } from "#components/ui/Segmented.tsx";
import type { TriedOver } from "./compareHref.ts";
import { type OverDraft, problemOfHours } from "./overDraft.ts";

const MINUTES = ["5", "10", "30", "60"] as const;
const HOURS = ["1", "6", "24"] as const;
const OTHER = "other";

/** What it is tried on, and for how long or how far back. */
export function OverFields({ draft, onChange }: { draft: OverDraft; onChange: (draft: OverDraft) => void }) {
  const { over, minutes, hours } = draft;
  const preset = HOURS.find((one) => one === hours) ?? OTHER;
  const problem = problemOfHours(draft);
  return (
    <>
      <Segmented<TriedOver>
        aria-label="Tried on"
        value={over}
        onValueChange={(value) => onChange({ ...draft, over: value })}
        options={[
          { value: "live", label: "On live traffic" },
          { value: "recording", label: "On the last hours" },
        ]}
      />
      {over === "live" ? (
        <span className="flex items-center gap-2">
          <span className="font-[550]">For</span>
          <Segmented
            aria-label="Minutes"
            value={minutes}
            onValueChange={(value) => onChange({ ...draft, minutes: value })}
            options={MINUTES.map((value) => ({ value, label: `${value} min` }))}
          />
        </span>
      ) : (
        <span className="flex flex-wrap items-center gap-2">
          <span className="font-[550]">The last</span>
          <Segmented
            aria-label="Hours"
            value={preset}
            onValueChange={(value) => onChange({ ...draft, hours: value === OTHER ? "" : value })}
            options={[...HOURS.map((value) => ({ value, label: `${value} h` })), { value: OTHER, label: "Other" }]}
          />
          {preset === OTHER && (
            <Input
              aria-label="Hours back"
              aria-describedby={problem === null ? undefined : "hours-problem"}
              numeric
              inputMode="numeric"
              suffix="h"
              className="w-[84px]"
              value={hours}
              invalid={problem !== null && hours !== ""}
              onChange={(event) => onChange({ ...draft, hours: event.target.value })}
            />
          )}
          {problem !== null && hours !== "" && (
            <span id="hours-problem" role="alert" className="text-s text-bad">
              {problem}
            </span>
          )}
        </span>
      )}
    </>
  );
}
