import { EmptyState } from "#components/ui/EmptyState.tsx";
import { Panel } from "#components/ui/Panel.tsx";
import { describeCondition } from "#domain/sampling/describeCondition.ts";
import { describeKeep } from "#domain/sampling/describeKeep.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";

/** One reading of a processor as tiers in words. */
export function TierColumn({ title, about, policy }: { title: string; about: string; policy: SamplingPolicy | null }) {
  return (
    <Panel title={title} flush>
      <p className="px-3 pb-2 text-s text-ink-2">{about}</p>
      {policy === null ? (
        <EmptyState title="This does not fit into a policy">The findings say why.</EmptyState>
      ) : (
        <ol className="border-t border-line">
          {policy.tiers.map((tier) => (
            <li key={tier.name} className="flex gap-3 border-b border-line px-3 py-2 last:border-b-0">
              <span className="min-w-0 flex-1 break-words">
                <b>{tier.name}</b>
                <span className="block text-s text-ink-2">{describeCondition(tier.condition)}</span>
              </span>
              <span className="num max-w-[40%] text-right">{describeKeep(tier.keep)}</span>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
