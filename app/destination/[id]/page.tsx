import { DestinationPage } from "#components/destination/DestinationPage.tsx";

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <DestinationPage id={(await params).id} />;
}
