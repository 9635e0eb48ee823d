"use client";

import { Fragment } from "react";
import { formatPercent as formatShare } from "#components/format/formatNumber.ts";
import { Input } from "#components/ui/Input.tsx";
import { Slider } from "#components/ui/Slider.tsx";
import type { Keep } from "#domain/sampling/keep.ts";
import type { TierRate } from "#domain/telemetry/live.ts";
import { ChipSelect } from "../condition/ChipSelect.tsx";
import type { DraftTier, KeepKind } from "../draft/draftPolicy.ts";
import { KEEP_POSITION_MAX, percentAtPosition, positionOfRatio } from "../draft/keepStops.ts";
import { formatPercent, parsePercent } from "../draft/percent.ts";
import { fieldId } from "../draft/problemPlaces.ts";
import { fieldNumber } from "../draft/typedNumber.ts";
import { useEditor, useProblemsAt } from "../editorContext.tsx";

const KINDS: readonly { value: KeepKind; label: string }[] = [
  { value: "ratio", label: "keep" },
  { value: "budget", label: "at most" },
];

type KeepFieldProps = {
  tier: DraftTier;
  path: string;
  /** What the base version keeps, when that differs. */
  baseKeep: Keep | null;
  /** The share in force at the collectors now, where the tier runs with the same budget or another one. */
  inForce: TierRate["ratio"];
};

/** How much is kept: a share, on a slider that is fine where it matters, or a rate that each collector stays within. */
export function KeepField({ tier, path, baseKeep, inForce }: KeepFieldProps) {
  const { readOnly, edit } = useEditor();
  const isBudget = tier.keep === "budget";
  const at = `${path}.keep.${isBudget ? "spansPerSecond" : "ratio"}`;
  const problems = useProblemsAt(at);
  const id = fieldId(at);
  const ratio = parsePercent(tier.keepPercent);
  const change = (percent: string) => edit({ kind: "keep", tierId: tier.id, percent }, `keep:${tier.id}`);
  const before = baseKeep === null ? null : baseKeep.kind === "ratio" ? formatPercent(baseKeep.ratio) : `at most ${fieldNumber(baseKeep.spansPerSecond)}/s`;
  const facts = [
    ...(isBudget ? ["spans/s per collector"] : []),
    ...(isBudget && inForce !== null ? [`now ${inForceInWords(inForce)}`] : []),
    ...(before === null ? [] : [<Before key="before" was={before} />]),
  ];
  return (
    <div className="min-w-0">
      <div className="flex items-center gap-2">
        <span className="-ml-1 min-w-0">
          <ChipSelect
            look="word"
            label={`${tier.name}: how much is kept`}
            value={tier.keep}
            options={KINDS}
            onChange={(to) => edit({ kind: "keepKind", tierId: tier.id, to })}
          />
        </span>
        {readOnly ? (
          <b className="num ml-auto">{isBudget ? `${tier.keepPerS} spans/s` : `${tier.keepPercent}%`}</b>
        ) : (
          <Input
            id={id}
            numeric
            suffix={isBudget ? "/s" : "%"}
            inputMode="decimal"
            className="ml-auto h-[26px]! w-[82px]"
            aria-label={`${tier.name}: ${isBudget ? "keep at most, in spans per second and collector" : "keep, in per cent"}`}
            invalid={problems.length > 0}
            aria-describedby={problems.length > 0 ? `${id}-problem` : undefined}
            value={isBudget ? tier.keepPerS : tier.keepPercent}
            onChange={(event) =>
              isBudget
                ? edit({ kind: "keepPerS", tierId: tier.id, perS: event.target.value.trimStart() }, `keep:${tier.id}`)
                : change(event.target.value.replace("%", "").trimStart())
            }
          />
        )}
      </div>
      {problems.length > 0 && (
        <p id={`${id}-problem`} role="alert" className="mt-1 text-s text-bad">
          {problems.join("; ")}
        </p>
      )}
      {problems.length === 0 && !isBudget && (
        <Slider
          className="mt-1"
          min={0}
          max={KEEP_POSITION_MAX}
          step={1}
          disabled={readOnly}
          aria-label={`${tier.name}: keep`}
          valueText={ratio === undefined ? undefined : formatPercent(ratio)}
          value={positionOfRatio(ratio ?? 0)}
          onValueChange={(position) => change(percentAtPosition(position))}
        />
      )}
      {facts.length > 0 && (
        <p className="num mt-0.5 pl-1 text-s text-ink-3">
          {facts.map((fact, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: at most three, each at its place
            <Fragment key={index}>
              {index > 0 && " · "}
              <span className="whitespace-nowrap">{fact}</span>
            </Fragment>
          ))}
        </p>
      )}
    </div>
  );
}

function inForceInWords({ min, max }: { min: number; max: number }): string {
  const [low, high] = [formatShare(min), formatShare(max)];
  return low === high ? low : `${low}–${high}`;
}

function Before({ was }: { was: string }) {
  return (
    <>
      before <s>{was}</s>
    </>
  );
}
