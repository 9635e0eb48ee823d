import { FleetPage } from "#components/fleet/FleetPage.tsx";

export default function Page() {
  return <FleetPage />;
}
