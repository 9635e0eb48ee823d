import type { CSSProperties, ReactNode, Ref } from "react";

type ScrollRegionProps = { label: string; children: ReactNode; className?: string; style?: CSSProperties; ref?: Ref<HTMLElement> };

/** What scrolls by itself inside a page takes the focus, so that arrow keys can move it. */
export function ScrollRegion({ label, children, className, style, ref }: ScrollRegionProps) {
  return (
    <section
      ref={ref}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      className={className}
      style={style}
    >
      {children}
    </section>
  );
}
