import { PolicyList } from "#components/sampling/PolicyList.tsx";

export default function Page() {
  return <PolicyList />;
}
