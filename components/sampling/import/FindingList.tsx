import { Button } from "#components/ui/Button.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import type { YamlMend } from "#domain/otelcol/editYaml.ts";
import type { LineFinding } from "#domain/otelcol/importCollectorConfig.ts";

const WORDS = { error: "Error", warning: "Warning", info: "Note" } as const;
const COLOURS = { error: "text-bad", warning: "text-warn", info: "text-info" } as const;
/** More are counted, not listed: whoever has so many begins with the first. */
const SHOWN_MAX = 100;

type FindingListProps = { findings: readonly LineFinding[]; onMend: (mend: YamlMend) => void; onLine: (line: number) => void };

/** What means something else than it looks: the line, what is so, and what puts it right, at one click where the text can be edited so. */
export function FindingList({ findings, onMend, onLine }: FindingListProps) {
  if (findings.length === 0) return <EmptyState title="It does what it looks like">Nothing was found that means something else.</EmptyState>;
  return (
    <ul className="border-t border-line" data-slot="findings">
      {findings.slice(0, SHOWN_MAX).map((finding, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list is rebuilt whole from the text; two findings may say the same of one place
        <li key={index} className="border-b border-line px-3 py-2 last:border-b-0">
          <b className={COLOURS[finding.severity]}>{WORDS[finding.severity]}</b>,{" "}
          <button type="button" className="underline decoration-1 underline-offset-2" onClick={() => onLine(finding.line)}>
            line {finding.line}
          </button>
          <span className="block font-mono text-xs break-all text-ink-3">{finding.path}</span>
          <span className="block break-words">{finding.message}</span>
          {finding.mend && <span className="block text-ink-2">{finding.mend}</span>}
          {finding.mends.length > 0 && (
            <ul className="mt-1.5 flex flex-col gap-1.5">
              {finding.mends.map((mend) => (
                <li key={mend.label} className="flex flex-wrap items-center gap-x-2.5 gap-y-0.5">
                  <Button size="small" onClick={() => onMend(mend)}>
                    {mend.label}
                  </Button>
                  <span className="text-s text-ink-3">{mend.changes ?? "Changes no decision."}</span>
                </li>
              ))}
            </ul>
          )}
        </li>
      ))}
      {findings.length > SHOWN_MAX && <li className="px-3 py-2 text-ink-3">and {findings.length - SHOWN_MAX} more</li>}
    </ul>
  );
}
