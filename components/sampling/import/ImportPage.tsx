"use client";

import { useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { useMay } from "#components/data/useMe.ts";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import { Note } from "#components/ui/Note.tsx";
import { PageHead } from "#components/ui/PageHead.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { toast } from "#components/ui/toast.ts";
import { editYaml, type YamlMend } from "#domain/otelcol/editYaml.ts";
import { EXAMPLE_CONFIG } from "#domain/otelcol/exampleConfig.ts";
import { importCollectorConfig } from "#domain/otelcol/importCollectorConfig.ts";
import { ReadOnlyNote } from "../editor/ReadOnlyNote.tsx";
import { ConfigText } from "./ConfigText.tsx";
import { ProcessorResult } from "./ProcessorResult.tsx";

/** A Collector's configuration in; what it says, what it does, and a policy of either out. It is read in the browser, and stays there. */
export function ImportPage() {
  const mayEdit = useMay("editor");
  const [text, setText] = useState("");
  const read = useDeferredValue(text);
  const result = useMemo(() => importCollectorConfig(read), [read]);
  const area = useRef<HTMLTextAreaElement>(null);
  useWarmReader();
  const mend = ({ label, changes, edits }: YamlMend) => {
    // The edits are of the text that was read; while a newer one waits to be read they may not fit it.
    const edited = read === text ? editYaml(text, edits) : undefined;
    if (edited === undefined) return toast.error("The text can't be edited so; change it by hand.");
    setText(edited);
    toast.ok(`Done: ${label}.`, { ...(changes !== null && { description: changes }), action: { label: "Undo", onClick: () => setText(text) } });
  };
  return (
    <>
      <PageHead
        title="Import"
        sub="From an OpenTelemetry Collector: what its tail_sampling or probabilistic_sampler really does, and the policy that does the same or what was meant."
        crumbs={[{ label: "Sampling", href: "/sampling" }, { label: "Import" }]}
      />
      {!mayEdit && <ReadOnlyNote what="policies" />}
      <div className="flex flex-col gap-3.5">
        <ConfigText text={text} onText={setText} problemLine={result.ok ? undefined : result.problem.line} area={area} />
        {result.ok ? (
          <>
            {result.processors.length === 0 && (
              <Panel title="What it does">
                {read.trim() === "" ? (
                  <EmptyState title="Nothing to read yet">Findings show here as you type.</EmptyState>
                ) : (
                  <EmptyState title="There is no sampling in it">
                    Looked for are processors of the types tail_sampling and probabilistic_sampler
                    {result.others.length > 0 && `; it has ${result.others.slice(0, 8).join(", ")}`}.
                  </EmptyState>
                )}
              </Panel>
            )}
            {result.processors.map((processor) => (
              <ProcessorResult key={processor.id} processor={processor} mayEdit={mayEdit} onMend={mend} onLine={(line) => selectLine(area.current, line)} />
            ))}
          </>
        ) : (
          <Note tone="bad" role="alert">
            The configuration {result.problem.message}
          </Note>
        )}
      </div>
    </>
  );
}

/** The first reading of a page takes several times as long as the next ones; so it is done while nobody waits for it. */
function useWarmReader() {
  useEffect(() => {
    const timer = setTimeout(() => importCollectorConfig(EXAMPLE_CONFIG));
    return () => clearTimeout(timer);
  }, []);
}

/** Selects a line of the text and brings it into view. */
function selectLine(area: HTMLTextAreaElement | null, line: number) {
  if (area === null) return;
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  area.scrollTop = ((line - 4) * area.scrollHeight) / lines.length;
  area.scrollIntoView({ block: "nearest" });
}
