import { PolicyHistoryPage } from "#components/sampling/history/PolicyHistoryPage.tsx";

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <PolicyHistoryPage id={(await params).id} />;
}
