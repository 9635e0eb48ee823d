/** A group that runs a version, or one collector that does instead of its group. */
export type PlaceOfRunning = { groupName: string; collector: { name: string } | null; version: number };

const NAMED_MAX = 3;

/** `v3 runs in Europe and Asia, v2 in All other collectors, v4 on gw-1`. */
export function placesInWords(places: readonly PlaceOfRunning[]): string {
  if (places.length === 0) return "not running";
  const versions = [...new Set(places.map(({ version }) => version))].sort((a, b) => b - a);
  const parts = versions.flatMap((version) => {
    const here = places.filter((place) => place.version === version);
    const groups = here.filter(({ collector }) => collector === null).map(({ groupName }) => groupName);
    const collectors = here.flatMap(({ collector }) => collector?.name ?? []);
    return [...(groups.length > 0 ? [[version, `in ${listed(groups)}`]] : []), ...(collectors.length > 0 ? [[version, `on ${listed(collectors)}`]] : [])];
  });
  return parts.map(([version, where], index) => `v${version}${index === 0 ? " runs" : ""} ${where}`).join(", ");
}

function listed(names: readonly string[]): string {
  const more = names.length - NAMED_MAX;
  const shown = names.slice(0, NAMED_MAX);
  if (more > 0) return `${shown.join(", ")} and ${more} more`;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}
