/** A selector as it is written, or what stands for an empty one. */
export function SelectorText({ selector, isDefault }: { selector: string; isDefault: boolean }) {
  if (isDefault) return <span className="text-ink-3">collectors that no other group selects</span>;
  if (selector === "") return <span className="text-ink-3">every collector</span>;
  return (
    <span className="font-mono text-s" title={selector}>
      {selector}
    </span>
  );
}
