"use client";

import { Panel } from "#components/ui/Panel.tsx";
import type { PeakFinding } from "#domain/pipeline/checkAgainstPeak.ts";
import { fieldsOf, PIPELINE_SECTIONS, type PipelineField, type PipelineSection } from "#domain/pipeline/pipelineFields.ts";
import { SECTION_WORDS } from "#domain/pipeline/pipelineWords.ts";
import type { Problem } from "#domain/validation/problems.ts";
import { problemInWords } from "./fieldWords.ts";
import type { DraftSetting, PipelineDraft } from "./pipelineDraft.ts";
import { SettingField } from "./SettingField.tsx";

type SettingsFormProps = {
  draft: PipelineDraft;
  problems: ReadonlyMap<PipelineField, readonly Problem[]>;
  findings: readonly PeakFinding[];
  readOnly: boolean;
  onChange: (field: PipelineField, setting: DraftSetting) => void;
};

/** Every setting, section by section, in the order in which a span passes them. */
export function SettingsForm({ draft, problems, findings, readOnly, onChange }: SettingsFormProps) {
  return PIPELINE_SECTIONS.map((section) => (
    <Panel key={section} title={sectionTitle(section)} aside={<span className="text-s text-ink-3">{ABOUT[section]}</span>}>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-x-5 gap-y-3.5 sm:grid-cols-2 min-[1400px]:grid-cols-3">
        {fieldsOf(section).map((field) => (
          <SettingField
            key={field}
            field={field}
            draft={draft}
            problems={(problems.get(field) ?? []).map((problem) => problemInWords(field, problem))}
            findings={findings.filter((finding) => finding.place === field)}
            readOnly={readOnly}
            onChange={onChange}
          />
        ))}
      </div>
    </Panel>
  ));
}

export function sectionTitle(section: PipelineSection): string {
  const words = SECTION_WORDS[section];
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const ABOUT: Record<PipelineSection, string> = {
  receive: "what is let in",
  batch: "kept spans put together",
  queue: "for each destination",
  retry: "after a failure that may pass",
  delivery: "to each destination",
  breaker: "when a backend is down",
  memory: "of the whole process",
  wal: "on disk, for each destination",
  signals: "passed through, each with a queue and a log of its own",
  recording: "what policies are tried on",
};
