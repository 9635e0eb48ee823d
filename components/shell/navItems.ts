/** The screens that exist, in the order of the rail. `jump` is the key after `g`. */
export const NAV_ITEMS = [
  { href: "/", label: "Overview", icon: "overview", jump: "o", section: 0 },
  { href: "/live", label: "Live", icon: "live", jump: "l", section: 0 },
  { href: "/sampling", label: "Sampling", icon: "sampling", jump: "p", section: 1 },
  { href: "/compare", label: "Compare", icon: "compare", jump: "c", section: 1 },
  { href: "/pipeline", label: "Pipeline", icon: "pipeline", jump: "i", section: 1 },
  { href: "/destination", label: "Destination", icon: "destination", jump: "d", section: 1 },
  { href: "/fleet", label: "Fleet", icon: "fleet", jump: "f", section: 1 },
  { href: "/groups", label: "Groups", icon: "groups", jump: "r", section: 1 },
  { href: "/rollouts", label: "Rollouts", icon: "rollouts", jump: "t", section: 1 },
  { href: "/approvals", label: "Approvals", icon: "approvals", jump: "n", section: 2 },
  { href: "/audit", label: "Audit", icon: "audit", jump: "a", section: 2 },
  { href: "/settings", label: "Settings", icon: "settings", jump: "s", section: 2 },
] as const;

export type NavItem = (typeof NAV_ITEMS)[number];

export function isCurrent(href: string, pathname: string): boolean {
  return href === "/" ? pathname === "/" : pathname === href || pathname.startsWith(`${href}/`);
}
