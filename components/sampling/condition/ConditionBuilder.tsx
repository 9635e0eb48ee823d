"use client";

import { DropdownMenu } from "#components/ui/DropdownMenu.tsx";
import type { DraftCondition } from "../draft/draftPolicy.ts";
import { isInSameSpan, type LeafKind } from "../draft/editCondition.ts";
import { fieldId, type ProblemsByPath } from "../draft/problemPlaces.ts";
import { useConditionEdit, useEditor } from "../editorContext.tsx";
import { ChipSelect } from "./ChipSelect.tsx";
import { ConditionMenu } from "./ConditionMenu.tsx";
import { LeafSentence } from "./LeafSentence.tsx";
import { SameSpanHint } from "./SameSpanHint.tsx";
import { GROUP_WORDS, leafWords, SAME_SPAN_WORDS, wordFor } from "./words.ts";

type ConditionBuilderProps = { tierId: number; tierName: string; root: DraftCondition; path: string };

/** A condition as a sentence of words that can each be changed; groups inside groups stand indented. */
export function ConditionBuilder({ tierId, tierName, root, path }: ConditionBuilderProps) {
  return <ConditionNode tierId={tierId} tierName={tierName} root={root} condition={root} path={path} />;
}

type NodeProps = ConditionBuilderProps & { condition: DraftCondition };

function ConditionNode(props: NodeProps) {
  const { tierId, tierName, root, condition, path } = props;
  const { readOnly, problems, scope } = useEditor();
  const edit = useConditionEdit(tierId);
  const id = fieldId(path);
  const own = problems.get(path) ?? [];
  const isGroup = condition.kind === "all" || condition.kind === "any";
  const isWrapper = condition.kind === "not" || condition.kind === "sameSpan";
  const inSameSpan = isInSameSpan(root, condition.id);
  const word = wordOf(condition, scope, inSameSpan);
  const menu = !readOnly && (
    <ConditionMenu root={root} condition={condition} label={`${tierName}: “${word}”`} onEdit={(change) => edit(condition.id, change)} />
  );
  // What one span has to fulfil grows inside; everything else grows at the root.
  const grows = root.kind === "sameSpan" ? root.of : root;
  const add = condition.id === grows.id && !readOnly && (
    <AddConditions
      condition={condition}
      tierName={tierName}
      leaves={leafWords(scope, inSameSpan)}
      onAdd={(leaf, joinedBy) => edit(condition.id, { kind: "add", leaf, joinedBy })}
    />
  );
  const problemLines = <NodeProblems own={own} id={id} path={path} problems={problems} leaf={!isGroup && !isWrapper} />;
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
        {scope === "trace" && !inSameSpan && (
          <SameSpanHint group={condition} onAsk={readOnly ? null : () => edit(condition.id, { kind: "wrap", in: "sameSpan" })} />
        )}
        {problemLines}
      </div>
    );
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: see above
    <div id={id} role="group" aria-label={word} tabIndex={-1} className="min-w-0 max-w-full flex-1 rounded-control outline-offset-2">
      {isWrapper ? (
        <div className={condition.kind === "not" ? "flex min-w-0 items-start gap-1" : "flex min-w-0 flex-col gap-0.5"}>
          <span className="flex min-h-[24px] items-center gap-1">
            <span className="pl-1 font-semibold whitespace-nowrap text-ink-2">{word}</span>
            {menu}
          </span>
          <div className={condition.kind === "not" ? "min-w-0" : "ml-1.5 flex min-w-0 border-l-2 border-line-strong pl-2"}>
            <ConditionNode {...props} condition={condition.of} path={`${path}.of`} />
          </div>
        </div>
      ) : (
        <div className="flex min-w-0 items-start gap-1">
          <div className="flex min-w-0 flex-wrap items-center gap-x-1.5 gap-y-1">
            {condition.kind !== "always" && (
              <ChipSelect
                look="subject"
                label={`${tierName}: what is compared`}
                value={condition.kind}
                options={leafWords(scope, inSameSpan, condition.kind)}
                onChange={(to) => edit(condition.id, { kind: "change", to })}
              />
            )}
            <LeafSentence leaf={condition} path={path} tierName={tierName} onPatch={(patch, key) => edit(condition.id, { kind: "patch", patch }, key)} />
            {add}
          </div>
          {condition.kind !== "always" && menu}
        </div>
      )}
      {isWrapper && add && <div className="mt-1 flex gap-1.5">{add}</div>}
      {problemLines}
    </div>
  );
}

function wordOf(condition: DraftCondition, scope: "span" | "trace", inSameSpan: boolean): string {
  switch (condition.kind) {
    case "all":
    case "any":
      return wordFor(GROUP_WORDS, condition.kind);
    case "not":
      return "not";
    case "sameSpan":
      return SAME_SPAN_WORDS;
    case "always":
      return "everything";
    default:
      return wordFor(leafWords(scope, inSameSpan, condition.kind), condition.kind);
  }
}

type AddConditionsProps = {
  condition: DraftCondition;
  tierName: string;
  leaves: readonly { value: LeafKind; label: string }[];
  onAdd: (leaf: LeafKind, joinedBy: "all" | "any") => void;
};

/** A group takes a further one; a single condition is joined with and, or with or. */
function AddConditions({ condition, tierName, leaves, onAdd }: AddConditionsProps) {
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
      items={leaves.map((leaf) => ({ label: leaf.label, onSelect: () => onAdd(leaf.value, joinedBy) }))}
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
