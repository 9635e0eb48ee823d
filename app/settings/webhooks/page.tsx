import { WebhooksPage } from "#components/settings/webhooks/WebhooksPage.tsx";

export default function Page() {
  return <WebhooksPage />;
}
