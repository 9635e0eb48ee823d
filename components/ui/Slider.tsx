"use client";

import { Slider as RadixSlider } from "radix-ui";
import { cx } from "./cx.ts";

type SliderProps = {
  value: number;
  onValueChange: (value: number) => void;
  /** Once, when the hand lets go or a key was pressed. */
  onValueCommit?: (value: number) => void;
  min?: number;
  max?: number;
  step?: number;
  disabled?: boolean;
  "aria-label"?: string;
  "aria-labelledby"?: string;
  /** How the value is spoken, e.g. "25 percent". */
  valueText?: string;
  className?: string;
};

export function Slider({ value, onValueChange, onValueCommit, min = 0, max = 100, step = 1, disabled, valueText, className, ...aria }: SliderProps) {
  return (
    <RadixSlider.Root
      data-slot="slider"
      value={[value]}
      onValueChange={([next]) => onValueChange(next)}
      onValueCommit={onValueCommit && (([next]) => onValueCommit(next))}
      min={min}
      max={max}
      step={step}
      disabled={disabled}
      className={cx("relative flex h-[18px] w-full touch-none items-center select-none data-[disabled]:opacity-50", className)}
    >
      <RadixSlider.Track className="relative h-[4px] flex-1 rounded-full bg-line-strong">
        <RadixSlider.Range className="absolute h-full rounded-full bg-accent" />
      </RadixSlider.Track>
      <RadixSlider.Thumb aria-valuetext={valueText} className="block size-[14px] rounded-full border-2 border-accent bg-raised" {...aria} />
    </RadixSlider.Root>
  );
}
