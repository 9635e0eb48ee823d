"use client";

import { Input } from "#components/ui/Input.tsx";
import { Slider } from "#components/ui/Slider.tsx";
import type { DraftTier } from "../draft/draftPolicy.ts";
import { KEEP_POSITION_MAX, percentAtPosition, positionOfRatio } from "../draft/keepStops.ts";
import { formatPercent, parsePercent } from "../draft/percent.ts";
import { fieldId } from "../draft/problemPlaces.ts";
import { useEditor, useProblemsAt } from "../editorContext.tsx";

type KeepFieldProps = { tier: DraftTier; path: string /** What the base version keeps, when that differs. */; baseRatio: number | null };

/** The share that is kept: a slider that is fine where it matters, and the exact figure. */
export function KeepField({ tier, path, baseRatio }: KeepFieldProps) {
  const { readOnly, edit } = useEditor();
  const at = `${path}.keep.ratio`;
  const problems = useProblemsAt(at);
  const id = fieldId(at);
  const ratio = parsePercent(tier.keepPercent);
  const changed = baseRatio !== null && ratio !== baseRatio;
  const change = (percent: string) => edit({ kind: "keep", tierId: tier.id, percent }, `keep:${tier.id}`);
  return (
    <div className="min-w-0">
      <div className="flex items-center gap-2">
        <label htmlFor={id} className="text-ink-2">
          keep
          {changed && (
            <>
              {" "}
              <s className="text-ink-3">
                <span className="sr-only">before </span>
                {formatPercent(baseRatio)}
              </s>
            </>
          )}
        </label>
        {readOnly ? (
          <b className="num ml-auto">{tier.keepPercent}%</b>
        ) : (
          <Input
            id={id}
            numeric
            suffix="%"
            inputMode="decimal"
            className="ml-auto h-[26px]! w-[82px]"
            aria-label={`${tier.name}: keep, in per cent`}
            invalid={problems.length > 0}
            aria-describedby={problems.length > 0 ? `${id}-problem` : undefined}
            value={tier.keepPercent}
            onChange={(event) => change(event.target.value.replace("%", "").trimStart())}
          />
        )}
      </div>
      {problems.length > 0 ? (
        <p id={`${id}-problem`} role="alert" className="mt-1 text-s text-bad">
          {problems.join("; ")}
        </p>
      ) : (
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
    </div>
  );
}
