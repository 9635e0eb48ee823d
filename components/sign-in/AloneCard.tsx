import type { ReactNode } from "react";

/** The frame of a page that stands alone: sign-in and setup. */
export function AloneCard({ title, sub, children }: { title: string; sub?: ReactNode; children: ReactNode }) {
  return (
    <div className="mx-auto flex min-h-dvh w-full max-w-[400px] flex-col justify-center px-5 py-10">
      <title>{`${title} · Headgate`}</title>
      <p className="mb-5 flex items-center gap-2 text-l font-semibold">
        <svg aria-hidden="true" viewBox="0 0 20 20" className="size-[20px] text-accent" fill="none" stroke="currentColor" strokeWidth="1.6">
          <path d="M2 3.5h16M4.5 3.5v13M15.5 3.5v13M7 3.5v6.5h6V3.5" />
          <path d="M4.5 14.5h11" strokeOpacity=".5" />
        </svg>
        Headgate
      </p>
      <h1 className="text-xl font-semibold tracking-[-0.015em]">{title}</h1>
      {sub !== undefined && <p className="mt-1 text-ink-2">{sub}</p>}
      <div className="mt-5">{children}</div>
    </div>
  );
}
