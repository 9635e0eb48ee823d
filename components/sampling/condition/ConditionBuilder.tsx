"use client";

import { DropdownMenu } from "#components/ui/DropdownMenu.tsx";
import type { DraftCondition } from "../draft/draftPolicy.ts";
import { fieldId, type ProblemsByPath } from "../draft/problemPlaces.ts";
import { useConditionEdit, useEditor } from "../editorContext.tsx";
import { ChipSelect } from "./ChipSelect.tsx";
import { ConditionMenu } from "./ConditionMenu.tsx";
import { LeafSentence } from "./LeafSentence.tsx";
import { GROUP_WORDS, LEAF_WORDS, wordFor } from "./words.ts";

type ConditionBuilderProps = { tierId: number; tierName: string; root: DraftCondition; path: string };

/** A condition as a sentence of words that can each be changed; groups inside groups stand indented. */
export function ConditionBuilder({ tierId, tierName, root, path }: ConditionBuilderProps) {
  return <ConditionNode tierId={tierId} tierName={tierName} root={root} condition={root} path={path} />;
}

type NodeProps = ConditionBuilderProps & { condition: DraftCondition };

function ConditionNode(props: NodeProps) {
  const { tierId, tierName, root, condition, path } = props;
  const { readOnly, problems } = useEditor();
  const edit = useConditionEdit(tierId);
  const id = fieldId(path);
  const own = problems.get(path) ?? [];
  const isGroup = condition.kind === "all" || condition.kind === "any";
  const word = isGroup
    ? wordFor(GROUP_WORDS, condition.kind)
    : condition.kind === "not"
      ? "not"
      : condition.kind === "always"
        ? "everything"
        : wordFor(LEAF_WORDS, condition.kind);
  const menu = !readOnly && (
    <ConditionMenu root={root} condition={condition} label={`${tierName}: “${word}”`} onEdit={(change) => edit(condition.id, change)} />
  );
  const add = condition.id === root.id && !readOnly && (
    <AddConditions condition={condition} tierName={tierName} onAdd={(leaf, joinedBy) => edit(condition.id, { kind: "add", leaf, joinedBy })} />
  );
  const problemLines = <NodeProblems own={own} id={id} path={path} problems={problems} leaf={!isGroup && condition.kind !== "not"} />;
  if (isGroup) {
    return (
      // biome-ignore lint/a11y/useSemanticElements: a fieldset can't lay its legend out in a line with the rest of the sentence
      <div id={id} role="group" aria-label={word} tabIndex={-1} className="min-w-0 max-w-full flex-1 rounded-control outline-offset-2">
        <div className="flex items-center gap-1">
          <ChipSelect
            look="word"
            label={`${tierName}: how conditions are joined`}
            value={condition.kind}
            options={GROUP_WORDS}
            onChange={(to) => edit(condition.id, { kind: "change", to })}
          />
          {menu}
        </div>
        <div className="mt-0.5 ml-1.5 flex flex-col gap-1 border-l-2 border-line-strong pl-2">
          {condition.of.map((child, index) => (
            <div key={child.id} className="flex min-w-0 items-start gap-1.5">
              {index > 0 && <span className="w-[22px] shrink-0 pt-[3px] text-ink-3">{condition.kind === "all" ? "and" : "or"}</span>}
              <ConditionNode {...props} condition={child} path={`${path}.of[${index}]`} />
            </div>
          ))}
          {add && <div className="flex">{add}</div>}
        </div>
        {problemLines}
      </div>
    );
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: see above
    <div id={id} role="group" aria-label={word} tabIndex={-1} className="min-w-0 max-w-full flex-1 rounded-control outline-offset-2">
      {condition.kind === "not" ? (
        <div className="flex min-w-0 items-start gap-1">
          <span className="pt-[3px] pl-1 font-semibold text-ink-2">not</span>
          {menu}
          <ConditionNode {...props} condition={condition.of} path={`${path}.of`} />
        </div>
      ) : (
        <div className="flex min-w-0 items-start gap-1">
          <div className="flex min-w-0 flex-wrap items-center gap-x-1.5 gap-y-1">
            {condition.kind !== "always" && (
              <ChipSelect
                look="subject"
                label={`${tierName}: what is compared`}
                value={condition.kind}
                options={LEAF_WORDS}
                onChange={(to) => edit(condition.id, { kind: "change", to })}
              />
            )}
            <LeafSentence leaf={condition} path={path} tierName={tierName} onPatch={(patch, key) => edit(condition.id, { kind: "patch", patch }, key)} />
            {add}
          </div>
          {condition.kind !== "always" && menu}
        </div>
      )}
      {condition.kind === "not" && add && <div className="mt-1 flex gap-1.5">{add}</div>}
      {problemLines}
    </div>
  );
}

type AddConditionsProps = { condition: DraftCondition; tierName: string; onAdd: (leaf: (typeof LEAF_WORDS)[number]["value"], joinedBy: "all" | "any") => void };

/** A group takes a further one; a single condition is joined with and, or with or. */
function AddConditions({ condition, tierName, onAdd }: AddConditionsProps) {
  const ways: { joinedBy: "all" | "any"; label: string }[] =
    condition.kind === "all" || condition.kind === "any"
      ? [{ joinedBy: condition.kind, label: "+ condition" }]
      : [
          { joinedBy: "all", label: "+ and" },
          { joinedBy: "any", label: "+ or" },
        ];
  return ways.map(({ joinedBy, label }) => (
    <DropdownMenu
      key={joinedBy}
      align="start"
      items={LEAF_WORDS.map((leaf) => ({ label: leaf.label, onSelect: () => onAdd(leaf.value, joinedBy) }))}
      trigger={
        <button
          type="button"
          aria-label={`${tierName}: ${label.slice(2)}, add a condition`}
          className="h-[24px] rounded-control border border-dashed border-line px-1.5 text-ink-3 group-hover/tier:border-line-strong hover:bg-hover hover:text-ink"
        >
          {label}
        </button>
      }
    />
  ));
}

type NodeProblemsProps = { own: readonly string[]; id: string; path: string; problems: ProblemsByPath; leaf: boolean };

/** Messages of the condition itself and, for a leaf, of the fields in it: right under them, once. */
function NodeProblems({ own, id, path, problems, leaf }: NodeProblemsProps) {
  const inside = leaf ? [...problems].filter(([at]) => at.startsWith(`${path}.`)) : [];
  if (own.length === 0 && inside.length === 0) return null;
  return (
    <div role="alert" className="basis-full text-s text-bad">
      {own.map((message) => (
        <p key={message} id={`${id}-problem`}>
          {message}
        </p>
      ))}
      {inside.map(([at, messages]) => (
        <p key={at} id={`${fieldId(at)}-problem`} className="break-words">
          {/values\[(\d+)\]$/.test(at) ? `value ${Number(at.match(/\[(\d+)\]$/)?.[1]) + 1} ` : ""}
          {messages.join("; ")}
        </p>
      ))}
    </div>
  );
}
