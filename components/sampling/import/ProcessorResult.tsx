"use client";

import { useState } from "react";
import { Chip } from "#components/ui/Chip.tsx";
import { CodeBlock } from "#components/ui/CodeBlock.tsx";
import { DownloadButton } from "#components/ui/DownloadButton.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { Segmented } from "#components/ui/Segmented.tsx";
import type { YamlMend } from "#domain/otelcol/editYaml.ts";
import type { ImportedProcessor } from "#domain/otelcol/importCollectorConfig.ts";
import { leftOutYaml } from "#domain/otelcol/leftOutYaml.ts";
import { EstimatePanel } from "../EstimatePanel.tsx";
import { fileNameOf } from "../fileNameOf.ts";
import { CreateImported } from "./CreateImported.tsx";
import { FindingList } from "./FindingList.tsx";
import { TierColumn } from "./TierColumn.tsx";

type Which = "asMeant" | "asItRuns";
const WORDS = { asMeant: "as meant", asItRuns: "as it runs" } as const;

type ProcessorResultProps = { processor: ImportedProcessor; mayEdit: boolean; onMend: (mend: YamlMend) => void; onLine: (line: number) => void };

/** One sampling processor: what was found, both readings side by side, and the policy that is made of one of them. */
export function ProcessorResult({ processor, mayEdit, onMend, onLine }: ProcessorResultProps) {
  const [chosen, setChosen] = useState<Which>("asMeant");
  const { asItRuns, asMeant, leftOut, pipelines } = processor;
  const which: Which = processor[chosen] === null ? (chosen === "asMeant" ? "asItRuns" : "asMeant") : chosen;
  const policy = processor[which];
  return (
    <>
      <Panel title={processor.id} aside={pipelines.map((name) => <Chip key={name}>{name}</Chip>)} flush>
        <FindingList findings={processor.findings} onMend={onMend} onLine={onLine} />
      </Panel>
      {leftOut.length > 0 && (
        <Panel
          title="What no tier can say"
          actions={<DownloadButton text={leftOutYaml(processor)} fileName={`${fileNameOf(processor.id)}-left-out.yaml`} what="what was left out" />}
        >
          <p className="mb-2 text-ink-2">Both policies are without these. Write tiers for them by hand where they matter.</p>
          <ul className="flex flex-col gap-3">
            {leftOut.map((one) => (
              <li key={one.path}>
                <p className="mb-1 break-words">
                  <button type="button" className="font-semibold underline decoration-1 underline-offset-2" onClick={() => onLine(one.line)}>
                    line {one.line}
                  </button>
                  : {one.reason}
                </p>
                <CodeBlock text={one.text} what={`what stands at ${one.path}`} firstLine={one.line} />
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {policy === null ? (
        <Panel title="No policy can be made of it">
          <EmptyState title="See the findings above">They name the line and what to do.</EmptyState>
        </Panel>
      ) : (
        <>
          <div className="grid gap-3.5 md:grid-cols-2">
            <TierColumn title="As it runs" about="The first tier that matches decides; together they keep what the Collector keeps." policy={asItRuns} />
            <TierColumn title="As meant" about="Blocks side by side combined, policies read from the top." policy={asMeant} />
          </div>
          <EstimatePanel draft={policy} label="imported" />
          <Panel title="Make a policy of it">
            <div className="flex flex-col items-start gap-3">
              <Segmented
                aria-label={`Which reading of ${processor.id}`}
                value={which}
                onValueChange={setChosen}
                options={[
                  { value: "asMeant", label: "As meant", disabled: asMeant === null },
                  { value: "asItRuns", label: "As it runs", disabled: asItRuns === null },
                ]}
              />
              {mayEdit && <CreateImported suggestedName={processor.id.replace("/", " ")} reading={WORDS[which]} id={processor.id} policy={policy} />}
            </div>
          </Panel>
        </>
      )}
    </>
  );
}
