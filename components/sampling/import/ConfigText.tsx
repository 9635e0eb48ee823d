"use client";

import { type RefObject, useRef } from "react";
import { Button } from "#components/ui/Button.tsx";
import { Field } from "#components/ui/Field.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { toast } from "#components/ui/toast.ts";
import { EXAMPLE_CONFIG } from "#domain/otelcol/exampleConfig.ts";

/** A file larger than this is not read into the browser's memory at all. */
const FILE_BYTES_MAX = 4_000_000;

type ConfigTextProps = { text: string; onText: (text: string) => void; problemLine: number | undefined; area: RefObject<HTMLTextAreaElement | null> };

/** The YAML: typed, pasted, dropped or chosen as a file. The line that can't be read is shown below it. */
export function ConfigText({ text, onText, problemLine, area }: ConfigTextProps) {
  const chooser = useRef<HTMLInputElement>(null);
  const take = async (file: File | undefined) => {
    if (file === undefined) return;
    if (file.size > FILE_BYTES_MAX) {
      toast.error(`${file.name} is too large; paste its tail_sampling block alone.`);
      return;
    }
    onText(await file.text());
  };
  const wrongLine = problemLine === undefined ? undefined : text.split("\n", problemLine)[problemLine - 1];
  return (
    <Panel
      title="Collector configuration"
      actions={
        <>
          <Button size="small" onClick={() => onText(EXAMPLE_CONFIG)}>
            Example
          </Button>
          <Button size="small" onClick={() => chooser.current?.click()}>
            Choose a file…
          </Button>
          <input
            ref={chooser}
            type="file"
            accept=".yaml,.yml,.json,.txt"
            aria-label="Collector configuration file"
            className="sr-only"
            tabIndex={-1}
            onChange={(event) => {
              void take(event.target.files?.[0]);
              event.target.value = "";
            }}
          />
        </>
      }
    >
      <Field
        label="YAML"
        hint="A whole configuration, its processors, or one tail_sampling block. Paste it or drop a file; it is read in this browser and sent nowhere."
        error={wrongLine === undefined ? undefined : `Line ${problemLine}: ${wrongLine.slice(0, 200) || "(empty)"}`}
      >
        {({ invalid, ...control }) => (
          <textarea
            {...control}
            ref={area}
            aria-invalid={invalid}
            value={text}
            rows={14}
            spellCheck={false}
            autoComplete="off"
            className="w-full rounded-control border border-line-strong/70 bg-raised px-2.5 py-2 font-mono text-s aria-invalid:border-bad"
            onChange={(event) => onText(event.target.value)}
            onDragOver={(event) => event.preventDefault()}
            onDrop={(event) => {
              if (event.dataTransfer.files.length === 0) return;
              event.preventDefault();
              void take(event.dataTransfer.files[0]);
            }}
          />
        )}
      </Field>
    </Panel>
  );
}
