import { TokensPage } from "#components/fleet/TokensPage.tsx";

export default function Page() {
  return <TokensPage />;
}
