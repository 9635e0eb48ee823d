import { CopyButton } from "./CopyButton.tsx";
import { cx } from "./cx.ts";
import { ScrollRegion } from "./ScrollRegion.tsx";

type CodeBlockProps = {
  text: string;
  what?: string;
  className?: string;
  copy?: boolean;
  /** Shows the lines' numbers, this one first. */
  firstLine?: number;
};

/** Preformatted text that can be copied whole. */
export function CodeBlock({ text, what = "the text", className, copy = true, firstLine }: CodeBlockProps) {
  const numbers = firstLine === undefined ? undefined : text.split("\n").map((_, index) => firstLine + index);
  return (
    <div data-slot="code" className={cx("relative rounded-control border border-line bg-subtle", className)}>
      <ScrollRegion label={what} className="overflow-x-auto rounded-control">
        <div className={cx("flex w-max min-w-full px-3 py-2.5 font-mono text-s leading-[19px]", copy && "pr-[84px] max-sm:pt-[38px] max-sm:pr-3")}>
          {numbers !== undefined && (
            <pre aria-hidden data-slot="line-numbers" className="num mr-3 shrink-0 border-r border-line pr-2.5 text-right text-ink-3 select-none">
              {numbers.join("\n")}
            </pre>
          )}
          <pre>{text}</pre>
        </div>
      </ScrollRegion>
      {copy && <CopyButton text={text} what={what} className="absolute top-[7px] right-[8px]" />}
    </div>
  );
}
