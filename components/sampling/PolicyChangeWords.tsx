import { Chip } from "#components/ui/Chip.tsx";
import { describeDifference, subjectOfDifference } from "#domain/sampling/describePolicyChange.ts";
import { diffPolicies, type PolicyDifference } from "#domain/sampling/diffPolicies.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";

const KINDS: Record<PolicyDifference["kind"], { word: string; look: string }> = {
  added: { word: "added", look: "bg-ok-soft! text-ok!" },
  removed: { word: "removed", look: "bg-bad-soft! text-bad!" },
  renamed: { word: "renamed", look: "bg-info-soft! text-info!" },
  moved: { word: "moved", look: "bg-info-soft! text-info!" },
  condition: { word: "changed", look: "bg-info-soft! text-info!" },
  ratio: { word: "changed", look: "bg-info-soft! text-info!" },
  keep: { word: "changed", look: "bg-info-soft! text-info!" },
  scope: { word: "changed", look: "bg-info-soft! text-info!" },
  setting: { word: "changed", look: "bg-info-soft! text-info!" },
};

/** What differs between two policies, one line each. */
export function PolicyChangeWords({ before, after }: { before: SamplingPolicy; after: SamplingPolicy }) {
  const differences = diffPolicies(before, after);
  if (differences.length === 0) return <p className="text-ink-3">Nothing differs.</p>;
  return (
    <ul aria-label="What changes" className="flex flex-col gap-1.5">
      {differences.map((difference) => {
        const sentence = describeDifference(difference);
        const subject = subjectOfDifference(difference);
        return (
          <li key={sentence} className="flex items-start gap-2">
            <Chip className={`shrink-0 ${KINDS[difference.kind].look}`}>{KINDS[difference.kind].word}</Chip>
            <span className="min-w-0 break-words">
              <b>{subject}</b>
              {sentence.slice(subject.length)}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
