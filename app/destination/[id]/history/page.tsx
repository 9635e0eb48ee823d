import { DestinationHistoryPage } from "#components/destination/DestinationHistoryPage.tsx";

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <DestinationHistoryPage id={(await params).id} />;
}
