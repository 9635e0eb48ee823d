import { Panel } from "#components/ui/Panel.tsx";
import { describeKeep } from "#domain/sampling/describeKeep.ts";
import type { SamplingPolicy } from "#domain/sampling/samplingPolicy.ts";
import { type SharedSpans, sharedInWords } from "#domain/sampling/sharedSpans.ts";

const SHOWN = 5;

/** Which tiers match the same spans, and which of the two decides them. Not there where nothing is measured. */
export function SharedSpansPanel({ policy, shared }: { policy: SamplingPolicy; shared: readonly SharedSpans[] }) {
  if (shared.length === 0) return null;
  const rows = shared.map((pair) => <Pair key={`${pair.first} ${pair.second}`} policy={policy} pair={pair} />);
  return (
    <Panel title="Spans that two tiers match">
      <ul className="flex flex-col gap-2">{rows.slice(0, SHOWN)}</ul>
      {rows.length > SHOWN && (
        <details className="mt-2">
          <summary className="cursor-pointer text-ink-2">{rows.length - SHOWN} more</summary>
          <ul className="mt-2 flex flex-col gap-2">{rows.slice(SHOWN)}</ul>
        </details>
      )}
    </Panel>
  );
}

function Pair({ policy, pair }: { policy: SamplingPolicy; pair: SharedSpans }) {
  const [first, second] = [policy.tiers[pair.first], policy.tiers[pair.second]];
  if (first === undefined || second === undefined) return null;
  return (
    <li data-slot="shared-spans">
      <p className="break-words">
        <b>{first.name}</b> and <b>{second.name}</b>: {sharedInWords(pair)}
      </p>
      <p className="text-s break-words text-ink-3">
        {first.name} comes first and decides them: {describeKeep(first.keep)} kept.
      </p>
    </li>
  );
}
