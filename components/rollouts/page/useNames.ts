import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "#components/data/trpc.ts";

const CHUNK = 100;

/** Who stands at a place of the grid: names come by the hundred, where somebody looks, and are kept as long as none comes or goes. */
export function useNames(number: number, order: string, place: number | null) {
  const trpc = useTRPC();
  const client = useQueryClient();
  const options = (at: number) =>
    trpc.rollouts.collectorPage.queryOptions({ number, order, from: Math.floor(at / CHUNK) * CHUNK, limit: CHUNK }, { staleTime: Number.POSITIVE_INFINITY });
  const { data } = useQuery({ ...options(place ?? 0), enabled: place !== null });
  const oneOf = (page: typeof data, at: number) => (page?.order === order ? (page.items[at % CHUNK] ?? null) : null);
  return {
    named: place === null ? null : oneOf(data, place),
    find: async (at: number) => oneOf(await client.fetchQuery(options(at)).catch(() => undefined), at),
  };
}
