import { CollectorPage } from "#components/fleet/CollectorPage.tsx";

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <CollectorPage id={(await params).id} />;
}
