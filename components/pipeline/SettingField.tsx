"use client";

import { Button } from "#components/ui/Button.tsx";
import { cx } from "#components/ui/cx.ts";
import { Input } from "#components/ui/Input.tsx";
import { Select } from "#components/ui/Select.tsx";
import { StatusShape } from "#components/ui/StatusChip.tsx";
import type { PeakFinding } from "#domain/pipeline/checkAgainstPeak.ts";
import { type FieldValue, PIPELINE_FIELDS, type PipelineField } from "#domain/pipeline/pipelineFields.ts";
import { FIELD_WORDS, formatSetting, isTexts } from "#domain/pipeline/pipelineWords.ts";
import { fieldId, inFormWords, limitsInWords } from "./fieldWords.ts";
import { type DraftSetting, defaultSetting, draftSetting, type PipelineDraft, settingValue, unitsOf } from "./pipelineDraft.ts";

export type SettingFieldProps = {
  field: PipelineField;
  draft: PipelineDraft;
  problems: readonly string[];
  findings: readonly PeakFinding[];
  readOnly: boolean;
  onChange: (field: PipelineField, setting: DraftSetting) => void;
};

/** One setting: its value in a unit of choice, what it means, its limits and default, what is wrong with it and what it does not go with. */
export function SettingField({ field, draft, problems, findings, readOnly, onChange }: SettingFieldProps) {
  const { label } = FIELD_WORDS[field];
  const { description } = PIPELINE_FIELDS[field];
  const id = fieldId(field);
  const setting = draft[field];
  const value = settingValue(field, setting);
  const normal = defaultSetting(field, draft);
  const normalValue = settingValue(field, normal);
  const isDefault = value === undefined || isSame(draftSetting(field, value), normal);
  const limits = limitsInWords(field);
  const invalid = problems.length > 0;
  const exact = exactly(field, value);
  const described = [`${id}-hint`, invalid && `${id}-problem`, exact !== null && `${id}-exact`].filter(Boolean).join(" ");
  return (
    <div data-slot="field" data-field={field} className={cx("flex min-w-0 flex-col gap-1", isTexts(value) && "sm:col-span-2")}>
      <div className="flex min-h-[24px] items-center justify-between gap-2">
        <label htmlFor={id} className="font-[550]">
          {label}
        </label>
        {!readOnly && !isDefault && (
          <Button size="small" variant="ghost" onClick={() => onChange(field, normal)} aria-label={`Back to default: ${label}`}>
            Back to default
          </Button>
        )}
      </div>
      {readOnly ? (
        <p id={id} className={isTexts(value) ? "whitespace-pre-line font-mono text-s" : "num"}>
          {value === undefined ? "" : inWords(field, value)}
        </p>
      ) : (
        <Control field={field} id={id} setting={setting} placeholder={normal.text} invalid={invalid} described={described} onChange={onChange} />
      )}
      {exact !== null && (
        <p id={`${id}-exact`} className="num text-s text-ink-2">
          {exact}
        </p>
      )}
      {invalid && (
        <p id={`${id}-problem`} role="alert" className="text-s text-bad">
          {problems.join("; ")}
        </p>
      )}
      {findings.map((finding) => (
        <Finding key={finding.message} finding={finding} readOnly={readOnly} onChange={onChange} />
      ))}
      <p id={`${id}-hint`} className="text-s text-ink-3">
        {inFormWords(field, description)}
        <span className="num block">
          {limits !== "" && `${limits} · `}default {normalValue === undefined ? "" : formatSetting(field, normalValue)}
        </span>
      </p>
    </div>
  );
}

const TEXTS_ROWS = 8;

type ControlProps = {
  field: PipelineField;
  id: string;
  setting: DraftSetting;
  placeholder: string;
  invalid: boolean;
  described: string;
  onChange: SettingFieldProps["onChange"];
};

function Control({ field, id, setting, placeholder, invalid, described, onChange }: ControlProps) {
  const { kind, choices } = PIPELINE_FIELDS[field];
  const { label, suffix } = FIELD_WORDS[field];
  if (kind === "boolean" || kind === "choice") {
    const values = kind === "boolean" ? ["true", "false"] : choices;
    return (
      <Select
        id={id}
        aria-describedby={described}
        invalid={invalid}
        value={setting.text}
        onValueChange={(text) => onChange(field, { ...setting, text })}
        options={values.map((text) => ({ value: text, label: formatSetting(field, text) }))}
      />
    );
  }
  if (kind === "texts") {
    return (
      <textarea
        id={id}
        aria-invalid={invalid}
        aria-describedby={described}
        value={setting.text}
        rows={TEXTS_ROWS}
        spellCheck={false}
        autoComplete="off"
        className="w-full scroll-mt-24 rounded-control border border-line-control bg-canvas px-2 py-1.5 font-mono text-s aria-invalid:border-bad"
        onChange={(event) => onChange(field, { ...setting, text: event.target.value })}
      />
    );
  }
  const units = unitsOf(field);
  return (
    <span className="flex min-w-0 gap-2">
      <Input
        id={id}
        numeric
        inputMode="decimal"
        spellCheck={false}
        className="min-w-0 flex-1"
        inputClassName="scroll-mt-24"
        invalid={invalid}
        aria-describedby={described}
        placeholder={placeholder}
        suffix={suffix === "" ? undefined : suffix}
        value={setting.text}
        onChange={(event) => onChange(field, { ...setting, text: event.target.value })}
      />
      {units.length > 0 && (
        <Select
          aria-label={`Unit of ${label}`}
          className="w-[80px] shrink-0"
          value={setting.unit}
          onValueChange={(next) => onChange(field, { ...setting, unit: next })}
          options={units.map((one) => ({ value: one, label: one }))}
        />
      )}
    </span>
  );
}

function Finding({ finding, readOnly, onChange }: { finding: PeakFinding; readOnly: boolean; onChange: SettingFieldProps["onChange"] }) {
  const { tone, message, remedy } = finding;
  return (
    <div data-finding={finding.place} className="flex flex-wrap items-start gap-x-2 gap-y-1 text-s">
      <p className="flex min-w-0 flex-1 basis-[180px] items-start gap-1.5 text-ink-2">
        <span className={tone === "warn" ? "mt-[5px] text-warn" : "mt-[5px] text-info"}>
          <StatusShape tone={tone} />
        </span>
        <span>{message}.</span>
      </p>
      {remedy && !readOnly && (
        <Button size="small" onClick={() => onChange(remedy.field, draftSetting(remedy.field, remedy.value))}>
          Set {formatSetting(remedy.field, remedy.value)}
        </Button>
      )}
    </div>
  );
}

const isSame = (one: DraftSetting, other: DraftSetting) => one.text === other.text && one.unit === other.unit;

function inWords(field: PipelineField, value: FieldValue): string {
  if (isTexts(value)) return value.length === 0 ? "none" : value.join("\n");
  const { suffix } = FIELD_WORDS[field];
  return suffix === "" ? formatSetting(field, value) : `${formatSetting(field, value)} ${suffix}`;
}

/** A list's entries counted; bytes to the last one; a share in per cent. Null where the field itself says it. */
function exactly(field: PipelineField, value: FieldValue | undefined): string | null {
  if (isTexts(value)) return `One a line: ${formatSetting(field, value)}`;
  if (typeof value !== "number" || !Number.isFinite(value)) return null;
  const { measure, unit } = FIELD_WORDS[field];
  if (measure === "bytes") return `= ${value.toLocaleString("en-US")} bytes`;
  return measure === "share" ? `= ${formatSetting(field, value)}${unit === "" ? "" : ` ${unit}`}` : null;
}
