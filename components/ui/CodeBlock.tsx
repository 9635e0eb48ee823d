import { CopyButton } from "./CopyButton.tsx";
import { cx } from "./cx.ts";

/** Preformatted text that can be copied whole. */
export function CodeBlock({ text, what = "the text", className, copy = true }: { text: string; what?: string; className?: string; copy?: boolean }) {
  return (
    <div data-slot="code" className={cx("relative rounded-control border border-line bg-subtle", className)}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <pre tabIndex={0} className={cx("overflow-x-auto rounded-control px-3 py-2.5 font-mono text-s leading-[19px]", copy && "pr-[84px] max-sm:pt-[38px] max-sm:pr-3")}>
        {text}
      </pre>
      {copy && <CopyButton text={text} what={what} className="absolute top-[7px] right-[8px]" />}
    </div>
  );
}
