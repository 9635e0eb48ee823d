import { describeDestinationChange } from "./describeDestinationChange.ts";
import type { DestinationBody, DestinationInput } from "./destinationTypes.ts";

export function DestinationChangeWords({ before, after }: { before: DestinationBody; after: DestinationBody | DestinationInput }) {
  const sentences = describeDestinationChange(before, after);
  if (sentences.length === 0) return <p className="text-ink-3">Nothing differs.</p>;
  return (
    <ul className="flex flex-col gap-1">
      {sentences.map((sentence) => (
        <li key={sentence} className="break-words">
          {sentence}
        </li>
      ))}
    </ul>
  );
}
