import { CopyButton } from "./CopyButton.tsx";
import { cx } from "./cx.ts";
import { ScrollRegion } from "./ScrollRegion.tsx";

/** Preformatted text that can be copied whole. */
export function CodeBlock({ text, what = "the text", className, copy = true }: { text: string; what?: string; className?: string; copy?: boolean }) {
  return (
    <div data-slot="code" className={cx("relative rounded-control border border-line bg-subtle", className)}>
      <ScrollRegion label={what} className="overflow-x-auto rounded-control">
        <pre className={cx("px-3 py-2.5 font-mono text-s leading-[19px]", copy && "pr-[84px] max-sm:pt-[38px] max-sm:pr-3")}>{text}</pre>
      </ScrollRegion>
      {copy && <CopyButton text={text} what={what} className="absolute top-[7px] right-[8px]" />}
    </div>
  );
}
