import { ComparePage } from "#components/compare/ComparePage.tsx";

export default function Page() {
  return <ComparePage />;
}
