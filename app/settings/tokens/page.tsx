import { ApiTokensPage } from "#components/settings/tokens/ApiTokensPage.tsx";

export default function Page() {
  return <ApiTokensPage />;
}
