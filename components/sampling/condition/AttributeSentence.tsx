"use client";

import { NUMBER_OPS, TEXT_OPS } from "#domain/sampling/condition.ts";
import type { DraftCondition } from "../draft/draftPolicy.ts";
import type { LeafPatch } from "../draft/editCondition.ts";
import { ChipInput } from "./ChipInput.tsx";
import { ChipSelect } from "./ChipSelect.tsx";
import { OP_WORDS, VALUE_TYPE_WORDS, WHERE_WORDS } from "./words.ts";

type Attribute = Extract<DraftCondition, { kind: "attribute" }>;
type AttributeSentenceProps = { leaf: Attribute; path: string; tierName: string; onPatch: (patch: LeafPatch, key?: string) => void };

/** `app.tenant` of the span is text `gold`: where the key stands, how it is compared, and the value with its type. */
export function AttributeSentence({ leaf, path, tierName, onPatch }: AttributeSentenceProps) {
  const about = (field: string) => `${tierName}: ${field}`;
  const choosesType = leaf.op !== "exists" && !NUMBER_OPS.includes(leaf.op) && !TEXT_OPS.includes(leaf.op);
  return (
    <>
      <ChipInput
        label={about("attribute key")}
        path={`${path}.key`}
        value={leaf.key}
        placeholder="app.tenant"
        onChange={(key) => onPatch({ key }, `${path}.key`)}
      />
      <span className="text-ink-3">of the</span>
      <ChipSelect look="word" label={about("where the attribute stands")} value={leaf.in} options={WHERE_WORDS} onChange={(where) => onPatch({ in: where })} />
      <ChipSelect look="word" label={about("how the attribute is compared")} value={leaf.op} options={OP_WORDS} onChange={(op) => onPatch({ op })} />
      {choosesType && (
        <ChipSelect
          look="word"
          label={about("type of the value")}
          value={leaf.valueType}
          options={VALUE_TYPE_WORDS}
          onChange={(valueType) => onPatch({ valueType })}
        />
      )}
      {leaf.op !== "exists" &&
        (leaf.valueType === "boolean" ? (
          <ChipSelect
            look="value"
            label={about("value")}
            value={leaf.value === "false" ? "false" : "true"}
            options={BOOLEANS}
            onChange={(value) => onPatch({ value })}
          />
        ) : (
          <ChipInput
            label={about("value")}
            path={`${path}.value`}
            value={leaf.value}
            numeric={leaf.valueType === "number"}
            placeholder={leaf.valueType === "number" ? "100" : leaf.op === "regex" ? "^gold" : "gold"}
            onChange={(value) => onPatch({ value }, `${path}.value`)}
          />
        ))}
    </>
  );
}

const BOOLEANS: readonly { value: "true" | "false"; label: string }[] = [
  { value: "true", label: "true" },
  { value: "false", label: "false" },
];
