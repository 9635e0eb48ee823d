import { Panel } from "#components/ui/Panel.tsx";
import type { RolloutView } from "#domain/fleet/rollout/rolloutView.ts";
import { secondsWords } from "../plan/planWords.ts";

/** What it changes, and the limits besides those of the gates. */
export function PlanPanel({ view }: { view: Pick<RolloutView, "sentences" | "plan"> }) {
  const { gates } = view.plan;
  const facts = [
    ["Applied within", secondsWords(gates.applyWithinSeconds)],
    ["Away for at most", secondsWords(gates.awayForSeconds)],
    ["Restarts of one", String(gates.restartsMax)],
    ["Reconnects of one", String(gates.reconnectsMax)],
  ];
  return (
    <Panel title="What it changes">
      {view.sentences.length === 0 ? (
        <p className="text-ink-2">Nothing that is set; the document or its version is another one.</p>
      ) : (
        <ul aria-label="What it changes" className="list-disc pl-5">
          {view.sentences.map((sentence) => (
            <li key={sentence} className="wrap-anywhere">
              {sentence}
            </li>
          ))}
        </ul>
      )}
      <dl className="num mt-2 flex flex-wrap gap-x-5 gap-y-0.5 text-s text-ink-2">
        {facts.map(([label, value]) => (
          <div key={label} className="flex gap-1.5">
            <dt className="text-ink-3">{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
