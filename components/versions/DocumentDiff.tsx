"use client";

import { type ReactNode, useState } from "react";
import { Panel } from "#components/ui/Panel.tsx";
import { Segmented } from "#components/ui/Segmented.tsx";
import { YamlDiff } from "./YamlDiff.tsx";

type DocumentDiffProps = {
  title: ReactNode;
  name: string;
  /** The difference in words; empty when there is none. */
  words: ReactNode;
  before: unknown;
  after: unknown;
};

const VIEWS = [
  { value: "words", label: "In words" },
  { value: "yaml", label: "YAML" },
  { value: "sides", label: "Side by side" },
] as const;

/** Two versions against each other, in words, line by line, or in two columns. */
export function DocumentDiff({ title, name, words, before, after }: DocumentDiffProps) {
  const [view, setView] = useState<"words" | "yaml" | "sides">("words");
  return (
    <Panel
      title={title}
      name={name}
      actions={<Segmented size="small" aria-label="How the difference is shown" value={view} onValueChange={setView} options={VIEWS} />}
    >
      {view === "words" ? words : <YamlDiff before={before} after={after} sides={view === "sides"} />}
    </Panel>
  );
}
