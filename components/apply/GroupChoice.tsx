"use client";

import { formatCount } from "#components/format/formatNumber.ts";
import { Note } from "#components/ui/Note.tsx";

export type ChoosableGroup = { id: string; name: string; members: number; documents: readonly { id: string; version: number }[] };

type GroupChoiceProps = {
  groups: readonly ChoosableGroup[];
  /** The document that is applied. */
  documentId: string;
  chosen: readonly string[];
  onChoose: (ids: string[]) => void;
  confirmed: boolean;
  onConfirm: (confirmed: boolean) => void;
};

/** Which groups get it. Groups without a collector, and all of the collectors at once, are asked about. */
export function GroupChoice({ groups, documentId, chosen, onChoose, confirmed, onConfirm }: GroupChoiceProps) {
  const question = groupQuestion(groups, chosen);
  return (
    <fieldset className="mb-3">
      <legend className="mb-1 font-[550]">Apply it to</legend>
      <div className="max-h-[220px] overflow-y-auto rounded-control border border-line">
        {groups.map((group) => {
          const runs = group.documents.find(({ id }) => id === documentId)?.version;
          return (
            <label key={group.id} className="flex min-h-[32px] cursor-pointer flex-wrap items-center gap-x-2 border-b border-line px-2.5 py-1 last:border-b-0">
              <input
                type="checkbox"
                className="size-[14px] accent-[var(--accent)]"
                checked={chosen.includes(group.id)}
                onChange={(event) => onChoose(event.target.checked ? [...chosen, group.id] : chosen.filter((id) => id !== group.id))}
              />
              <span className="font-medium">{group.name}</span>
              <span className="ml-auto text-s text-ink-3">
                {formatCount(group.members)} {group.members === 1 ? "collector" : "collectors"}
                {runs !== undefined && `, runs v${runs}`}
              </span>
            </label>
          );
        })}
      </div>
      {question !== null && (
        <Note tone="warn" className="mt-2">
          <label className="flex cursor-pointer items-start gap-2">
            <input
              type="checkbox"
              className="mt-[3px] size-[14px] accent-[var(--accent)]"
              checked={confirmed}
              onChange={(event) => onConfirm(event.target.checked)}
            />
            <span>{question}</span>
          </label>
        </Note>
      )}
    </fieldset>
  );
}

/** What has to be confirmed before it is applied to these groups; null when nothing has. */
export function groupQuestion(groups: readonly ChoosableGroup[], chosen: readonly string[]): string | null {
  const some = groups.filter(({ id }) => chosen.includes(id));
  const empty = some.filter(({ members }) => members === 0);
  const members = some.reduce((sum, group) => sum + group.members, 0);
  const all = groups.reduce((sum, group) => sum + group.members, 0);
  if (some.length > 0 && empty.length > 0)
    return `Apply it although ${empty.map(({ name }) => name).join(", ")} ${empty.length === 1 ? "has" : "have"} no collector now: the first that comes gets it.`;
  return members > 0 && members === all ? `Apply it to all ${formatCount(all)} collectors at once.` : null;
}
