import type { NavItem } from "./navItems.ts";

const PATHS: Record<NavItem["icon"], string> = {
  overview: "M2 9.5h3l2-5 3 8 1.5-3H14",
  live: "M10 8a2 2 0 1 1-4 0 2 2 0 0 1 4 0zM4 4a5.7 5.7 0 0 0 0 8M12 4a5.7 5.7 0 0 1 0 8",
  sampling: "M2 3h12L9.5 8.5V13l-3-1.5V8.5z",
  compare: "M2.5 3h4.5v10H2.5zM9 3h4.5v10H9zM4.5 9.5h.5M4.5 6.5h.5M11 6.5h.5M11 8h.5",
  pipeline: "M2 5.5h9.5M2 10.5h9.5M11.5 3.5v9M14 3.5v9M4.5 5.5v5M8 5.5v5",
  destination: "M2.5 8h8M7.5 4.5 11 8l-3.5 3.5M13.5 3.5v9",
  fleet:
    "M5.6 4a1.6 1.6 0 1 1-3.2 0 1.6 1.6 0 0 1 3.2 0zM13.6 4a1.6 1.6 0 1 1-3.2 0 1.6 1.6 0 0 1 3.2 0zM9.6 12a1.6 1.6 0 1 1-3.2 0 1.6 1.6 0 0 1 3.2 0zM5 5.3l2.2 5.3M11 5.3l-2.2 5.3M5.6 4h4.8",
  approvals: "M2.5 3.5h11v9h-11zM5 8l2.2 2.2L11 6",
  groups: "M2.5 2.5h4.5v4.5H2.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5H2.5zM9 11.25h4.5M11.25 9v4.5",
  rollouts: "M2 3.5v9M4.5 8h8M9.5 5l3 3-3 3M14.5 3.5v9",
  audit: "M4 2h8v12H4zM6.5 5.5h3M6.5 8h3M6.5 10.5h2",
  settings: "M2.5 5h6M12 5h1.5M2.5 11H4M7.5 11h6M12 5a1.75 1.75 0 1 1-3.5 0A1.75 1.75 0 0 1 12 5zM7.5 11A1.75 1.75 0 1 1 4 11a1.75 1.75 0 0 1 3.5 0z",
};

export function NavIcon({ icon }: { icon: NavItem["icon"] }) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 16 16"
      className="size-[15px] shrink-0 opacity-80"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={PATHS[icon]} />
    </svg>
  );
}

export function Logo() {
  return (
    <svg aria-hidden="true" width="20" height="20" viewBox="0 0 20 20">
      <rect x="2" y="3" width="16" height="3" rx="1" fill="var(--accent)" />
      <path d="M4.5 6v11M15.5 6v11" stroke="var(--accent)" strokeWidth="1.6" />
      <rect x="6.5" y="8" width="7" height="5" rx="1" fill="var(--accent)" opacity=".45" />
      <path d="M6 16.5h8" stroke="var(--kept)" strokeWidth="1.6" />
    </svg>
  );
}
