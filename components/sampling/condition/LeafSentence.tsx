"use client";

import type { DraftCondition } from "../draft/draftPolicy.ts";
import type { LeafPatch } from "../draft/editCondition.ts";
import { AttributeSentence } from "./AttributeSentence.tsx";
import { ChipInput } from "./ChipInput.tsx";
import { ChipSelect } from "./ChipSelect.tsx";
import { ValueChips } from "./ValueChips.tsx";
import { MATCH_WORDS, SPAN_KIND_WORDS, STATUS_WORDS } from "./words.ts";

export type Leaf = Exclude<DraftCondition, { kind: "all" | "any" | "not" | "sameSpan" }>;
type LeafSentenceProps = { leaf: Leaf; path: string; tierName: string; onPatch: (patch: LeafPatch, key?: string) => void };

/** What follows the subject: "is error", "above 500 ms", "contains /api/payment or /api/checkout". */
export function LeafSentence({ leaf, path, tierName, onPatch }: LeafSentenceProps) {
  const about = (field: string) => `${tierName}: ${field}`;
  switch (leaf.kind) {
    case "always":
      return <span className="px-1 text-ink-3">everything</span>;
    case "status":
      return (
        <>
          <Word>is</Word>
          <ChipSelect look="value" label={about("status")} value={leaf.is} options={STATUS_WORDS} onChange={(is) => onPatch({ is })} />
        </>
      );
    case "latency":
      return (
        <>
          <Word>above</Word>
          <ChipInput
            mono={false}
            numeric
            unit="ms"
            label={about("duration in milliseconds")}
            path={`${path}.aboveMs`}
            value={leaf.aboveMs}
            onChange={(aboveMs) => onPatch({ aboveMs }, `${path}.aboveMs`)}
          />
        </>
      );
    case "endpoint":
    case "service":
      return (
        <>
          <ChipSelect
            look="word"
            label={about(`how the ${leaf.kind} is compared`)}
            value={leaf.match}
            options={MATCH_WORDS}
            onChange={(match) => onPatch({ match })}
          />
          <ValueChips
            label={about(leaf.kind)}
            path={`${path}.values`}
            values={leaf.values}
            placeholder={PLACEHOLDERS[leaf.match === "regex" ? "regex" : leaf.kind]}
            onChange={(values, key) => onPatch({ values }, key)}
          />
        </>
      );
    case "attribute":
      return <AttributeSentence leaf={leaf} path={path} tierName={tierName} onPatch={onPatch} />;
    case "spanCount":
      return (
        <>
          <Word>at least</Word>
          <ChipInput
            mono={false}
            numeric
            unit="spans"
            label={about("number of spans")}
            path={`${path}.atLeast`}
            value={leaf.atLeast}
            onChange={(atLeast) => onPatch({ atLeast }, `${path}.atLeast`)}
          />
        </>
      );
    case "spanKind":
      return (
        <>
          <Word>is</Word>
          <ChipSelect look="value" label={about("span kind")} value={leaf.is} options={SPAN_KIND_WORDS} onChange={(is) => onPatch({ is })} />
        </>
      );
  }
}

const PLACEHOLDERS = { endpoint: "/api/checkout", service: "checkout", regex: "^/api/" };

function Word({ children }: { children: string }) {
  return <span className="px-1 text-ink-3">{children}</span>;
}
