import { CopyButton } from "#components/ui/CopyButton.tsx";

/** `r12 9f31c2…` with the whole hash to copy. */
export function RunningConfig({ revision, hash }: { revision: number | null; hash: string | null }) {
  if (hash === null) return <span className="text-ink-3">—</span>;
  return (
    <span className="group/hash inline-flex items-center gap-1.5">
      {revision !== null && revision > 0 && <span className="num">r{revision}</span>}
      <span className="font-mono text-xs text-ink-2" title={hash}>
        {hash.slice(0, 8)}
      </span>
      <CopyButton
        text={hash}
        what="the configuration's hash"
        iconOnly
        className="size-[20px]! border-transparent! bg-transparent! p-0! opacity-0 group-hover/hash:opacity-100 focus-visible:opacity-100 [@media(hover:none)]:opacity-100"
      />
    </span>
  );
}
