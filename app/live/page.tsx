import { LivePage } from "#components/live/LivePage.tsx";

export default function Page() {
  return <LivePage />;
}
