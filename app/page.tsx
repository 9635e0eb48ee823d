import { OverviewPage } from "#components/overview/OverviewPage.tsx";

export default function Page() {
  return <OverviewPage />;
}
