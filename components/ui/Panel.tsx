import { type ReactNode, useId } from "react";
import { cx } from "./cx.ts";
import { ErrorBoundary } from "./ErrorBoundary.tsx";

type PanelProps = {
  title: ReactNode;
  /** Chips and short facts right after the title. */
  aside?: ReactNode;
  /** Legend, figures or controls at the right. */
  actions?: ReactNode;
  /** One small button that stays at the right of the title, also where the actions move below it. */
  corner?: ReactNode;
  children: ReactNode;
  /** No padding: tables and lists bring their own. */
  flush?: boolean;
  className?: string;
  bodyClassName?: string;
  /** Plain name of the panel for its error message, when the title isn't a text. */
  name?: string;
};

/** A titled region with its own error boundary; panels never stand inside panels. */
export function Panel({ title, aside, actions, corner, children, flush = false, className, bodyClassName, name }: PanelProps) {
  const id = useId();
  return (
    <section data-slot="panel" aria-labelledby={id} className={cx("flex min-w-0 flex-col rounded-panel border border-line bg-raised", className)}>
      <header className="flex min-h-[38px] flex-wrap items-center gap-x-2 gap-y-1 px-3 pt-2 pb-1">
        <h2 id={id} className="font-semibold">
          {title}
        </h2>
        {aside}
        {corner !== undefined && <div className="max-md:ml-auto md:order-last">{corner}</div>}
        {actions !== undefined && (
          <div className={cx("flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1 md:ml-auto", corner === undefined ? "ml-auto" : "max-md:w-full")}>
            {actions}
          </div>
        )}
      </header>
      <div className={cx("min-w-0 flex-1", !flush && "px-3 pb-3", bodyClassName)}>
        <ErrorBoundary what={name ?? (typeof title === "string" ? title : "This panel")}>{children}</ErrorBoundary>
      </div>
    </section>
  );
}
