/** What the Compare page is asked to show: a comparison, or the form with some of it filled in; `over`: what it shall be tried on. */
export type CompareTarget = { run?: string; policy?: string; version?: number; draft?: boolean; group?: string; over?: TriedOver };
export type TriedOver = "live" | "recording";

export function compareHref({ run, policy, version, draft, group, over }: CompareTarget): string {
  const search = new URLSearchParams();
  if (run !== undefined) search.set("run", run);
  if (policy !== undefined) search.set("policy", policy);
  if (version !== undefined) search.set("version", String(version));
  if (draft) search.set("draft", "1");
  if (group !== undefined) search.set("group", group);
  if (over === "recording") search.set("over", over);
  const text = search.toString();
  return text === "" ? "/compare" : `/compare?${text}`;
}
