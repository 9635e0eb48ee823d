/** What differs between two versions, one sentence a line. */
export function ChangeWords({ sentences }: { sentences: readonly string[] }) {
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
