import { RolloutsPage } from "#components/rollouts/list/RolloutsPage.tsx";

export default function Page() {
  return <RolloutsPage />;
}
