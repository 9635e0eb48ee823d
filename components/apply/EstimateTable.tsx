export function EstimateTable({ estimate }: { estimate: unknown; beforeLabel: string; afterLabel: string }) {
  return <p>{String(estimate)}</p>;
}
