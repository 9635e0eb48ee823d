import { describeCondition } from "#domain/sampling/describeCondition.ts";
import type { Witness } from "#domain/sampling/explanation.ts";

/** The spans that made the tier's condition true. */
export function Witnesses({ witnesses }: { witnesses: readonly Witness[] }) {
  return (
    <section aria-label="What matched">
      <p className="text-ink-2">What matched</p>
      <ul className="mt-1">
        {witnesses.map(({ condition, spanId, spanName, service }) => {
          const words = describeCondition(condition);
          return (
            <li key={`${spanId} ${words}`} className="border-t border-line py-1 break-words first:border-t-0">
              <b className="font-[550]">{words}</b>
              {spanName !== "" || spanId !== "" ? (
                <span className="text-ink-2">
                  {" "}
                  in {spanName === "" ? "a span" : <span className="font-mono text-s text-ink">{spanName}</span>}
                  {service !== "" && <> of {service}</>} <span className="font-mono text-s text-ink-3">{spanId}</span>
                </span>
              ) : null}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
