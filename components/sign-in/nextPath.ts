/** Where to go after sign-in: only a path of this site, never another address that a link smuggled in. */
export function nextPath(next: string | null): string {
  if (next === null || !next.startsWith("/") || next.startsWith("//") || next.includes("\\")) return "/";
  const url = new URL(next, "http://here.invalid");
  if (url.origin !== "http://here.invalid" || url.pathname === "/sign-in" || url.pathname === "/setup") return "/";
  return `${url.pathname}${url.search}${url.hash}`;
}
